"""What is taken out of vidsort and brought back: labels in the forms of other tools, and what people said."""
