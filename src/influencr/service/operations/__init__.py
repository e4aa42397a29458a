"""How does an operator know that it runs, bring it back, and keep one from taking all of it?"""
