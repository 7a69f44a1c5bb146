"""The words in which buyers answer, one frozen list per language, and the reader of words."""
