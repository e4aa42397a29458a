"""How does one folder of this machine hold the whole search index as arrays, found in place?"""
