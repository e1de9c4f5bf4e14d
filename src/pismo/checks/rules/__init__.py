"""Rules by family; each file holds its rules' texts and one function a rule."""
