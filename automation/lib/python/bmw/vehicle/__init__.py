"""The car: vocabulary, readings, state words, states, and values calculated from readings.

Knows neither which cloud a value comes from nor which item it goes to.
"""
