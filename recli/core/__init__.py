"""The types and errors that every part of recli speaks. Imports the standard library and numpy only."""
