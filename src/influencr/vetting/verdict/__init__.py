"""What follows from the evidence? The ledger, the rule, the sentence and the picture."""
