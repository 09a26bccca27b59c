package pages

// What the usage card says. Its figures are of all users together.
const (
	titleUsage      = "Usage"
	textUnused      = "Nobody has asked this endpoint through this application yet."
	textByEverybody = "Of all users, through this application, since "
)
