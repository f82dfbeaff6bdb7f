"""The processes of a system: what each of them does, and what they tell each other."""
