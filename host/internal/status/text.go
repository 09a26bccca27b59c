package status

// What users read.
const (
	textNoPlugin   = "There is no plugin of that name."
	textNoPart     = "There is no such fragment."
	textOnlyAdmins = "Only administrators may restart plugins. They are the members of the groups that app.admin_groups names."
	textNoRequest  = "No request of yours has this id among those that are remembered. Memory is short: it goes back minutes on a busy day, " +
		"and begins anew with the application. Older requests are in the log."
	textNoRequestAdmin = "No request has this id among those that are remembered. Memory is short: it goes back minutes on a busy day, " +
		"and begins anew with the application. Older requests are in the log."
	textBadRequestID = "A request id has 1 to 128 letters, digits, dots, dashes and underscores."
	textAskRequest   = "Every error shows the id of its request. Paste it here to see what the application did for it, how long each step took, and " +
		"where it failed."
	textNoCrash      = "No process of this plugin has ended by itself since the application started."
	textNoLines      = "No lines"
	textNoLinesWhy   = "Nothing that has been logged lately fits."
	textOwnLines     = "You see the lines of your own requests."
	textNoTraffic    = "No requests in the last 10 minutes."
	textKeysBelow    = "Keys below "
	textCrashHidden  = "Administrators see what it said last."
	textNotDescribed = "The plugin has not told yet what it declares: it has not started so far."
	textMore         = "There are more lines than are shown here. The log has all of them."
)
