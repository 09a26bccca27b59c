package supervisor

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"

	"corbel.example/sdk/plugin"
)

var (
	manifestName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)
	// semanticVersion is https://semver.org's grammar, loosely: three numbers, a pre-release, build metadata.
	semanticVersion = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
	variableName    = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
)

// contract is what the supervisor itself needs of a manifest. What it says of paths and pages, package mount judges.
type contract struct {
	manifest plugin.Manifest
	// routes finds the manifest's route of a request.
	routes *http.ServeMux
	// calls finds what the plugin may call, by the name of the called plugin.
	calls map[string]*http.ServeMux
}

// newContract checks the manifest of the plugin that is configured under name.
func newContract(name string, m plugin.Manifest) (*contract, error) {
	switch {
	case !manifestName.MatchString(m.Name):
		return nil, fmt.Errorf("name %q: use 1 to 40 lower-case letters, digits and dashes, beginning with a letter", printable(m.Name))
	case m.Name != name:
		return nil, fmt.Errorf("the plugin calls itself %q but is configured as %q: rename its entry in the configuration or correct its path", m.Name, name)
	case !semanticVersion.MatchString(m.Version):
		return nil, fmt.Errorf("version %q is not a semantic version such as 1.2.3", printable(m.Version))
	}
	for _, variable := range m.Environment {
		if !variableName.MatchString(variable) {
			return nil, fmt.Errorf("environment %q is not the name of a variable", printable(variable))
		}
	}
	c := &contract{manifest: m, routes: http.NewServeMux(), calls: make(map[string]*http.ServeMux)}
	for i := range m.Routes {
		route := &m.Routes[i]
		if err := register(c.routes, route.Method, route.Pattern, routeMatch{route}); err != nil {
			return nil, fmt.Errorf("route %d (%s %s): %w", i+1, route.Method, printable(route.Pattern), err)
		}
	}
	for _, call := range m.Calls {
		mux := c.calls[call.Plugin]
		if mux == nil {
			mux = http.NewServeMux()
			c.calls[call.Plugin] = mux
		}
		pattern := call.Pattern
		if pattern == "" {
			pattern = "/"
		}
		if err := register(mux, call.Method, pattern, routeMatch{}); err != nil {
			return nil, fmt.Errorf("call of %q (%s %s): %w", printable(call.Plugin), call.Method, printable(call.Pattern), err)
		}
	}
	return c, nil
}

// routeMatch is what the muxes find. It serves nothing: the muxes only match. ServeMux answers paths that it would clean
// or redirect with handlers of its own, which are no routeMatch and so no match.
type routeMatch struct{ route *plugin.Route }

func (routeMatch) ServeHTTP(http.ResponseWriter, *http.Request) {}

// register adds a pattern. ServeMux panics about bad ones.
func register(mux *http.ServeMux, method, pattern string, match routeMatch) (err error) {
	if pattern == "" || pattern[0] != '/' {
		return errors.New("a pattern begins with a slash")
	}
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("%v", reason)
		}
	}()
	if method != "" {
		pattern = method + " " + pattern
	}
	mux.Handle(pattern, match)
	return nil
}

// mayCall says whether the manifest lists the request to the target.
func (c *contract) mayCall(target string, r *http.Request) bool {
	mux := c.calls[target]
	if mux == nil {
		return false
	}
	handler, _ := mux.Handler(r)
	_, ok := handler.(routeMatch)
	return ok
}

// route returns the manifest's route of the request, nil without one.
func (c *contract) route(r *http.Request) *plugin.Route {
	handler, _ := c.routes.Handler(r)
	match, _ := handler.(routeMatch)
	return match.route
}
