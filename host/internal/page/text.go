package page

import "corbel.example/sdk/fault"

// What users read.
const (
	textEmptyHome    = "Nothing here yet"
	textEmptyHomeWhy = "No plugin that is running offers anything for the home page. " +
		"Plugins are enabled in the application's configuration; those that are have their pages in the navigation."
	textWelcome       = "Getting started"
	textWelcomeLook   = "Look at what there is for you: "
	textWelcomeKeys   = " searches a page, and "
	textWelcomeKeys2  = " lists the keyboard shortcuts."
	textWelcomeMenu   = "The menu at the top right has light and dark."
	textWelcomeLeaves = "This goes away when you have opened a page."
	textNoFragment    = "There is no such fragment."
)

// titleOf heads the banner or page of an error.
func titleOf(kind fault.Kind) string {
	switch kind {
	case fault.Invalid, fault.Unprocessable:
		return "The request was refused"
	case fault.Unauthenticated:
		return "You are not signed in"
	case fault.Forbidden:
		return "You have no permission"
	case fault.NotFound:
		return "Not found"
	case fault.NotEnabled:
		return "Not enabled"
	case fault.MethodNotAllowed:
		return "That cannot be done here"
	case fault.Conflict, fault.Precondition:
		return "Something has changed"
	case fault.TooLarge:
		return "Too large"
	case fault.Exhausted:
		return "Too many requests"
	case fault.NotImplemented:
		return "Not supported"
	case fault.Upstream:
		return "No usable answer"
	case fault.Unavailable:
		return "Not available right now"
	case fault.Timeout:
		return "It took too long"
	case fault.Internal, fault.Canceled:
	}
	return "Something went wrong"
}
