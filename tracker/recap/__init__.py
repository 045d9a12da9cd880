"""What a recap is: its values, its file format, its rules, and how a file of it is changed."""
