"""Rules: the guard's patterns, a module for the words and one for the rules of each language."""
