package mount

import "fmt"

// Conflict is a reason why a plugin is not mounted.
type Conflict struct {
	// Plugin is the one that is left out.
	Plugin string
	// Other is the plugin that has what it claims; "" when the manifest alone is at fault.
	Other string
	// Message names the item of the manifest, what is wrong with it and the way out.
	Message string
}

func (c Conflict) Error() string {
	return fmt.Sprintf("plugin %q is not mounted: %s", c.Plugin, c.Message)
}
