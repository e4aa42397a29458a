"""What is written into the AT Protocol network of the suite, and a ledger of all of it.

`people` invents who exists, `ledger` knows what has been written and what is gone again, `writer`
writes both at once, `streams` stands between the network and a listener.
"""
