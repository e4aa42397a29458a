"""What does a member mean by a place, and which places does it cover?"""
