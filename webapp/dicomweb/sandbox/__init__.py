"""Files of strangers are opened here: in a process of their own with little to lose.

What runs inside knows no Django, no database and no secret.
"""
