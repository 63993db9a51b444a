"""What a car can say: THE vocabulary, its readings, words and states, and what we reckon from them.

Knows neither where the values come from nor which item they go to.
"""
