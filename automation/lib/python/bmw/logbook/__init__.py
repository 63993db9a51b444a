"""What a car did, kept for years: one small private file per car and kind, and what is calculated from it.

Knows neither cloud nor openHAB.
"""
