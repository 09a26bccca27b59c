package supervisor

import (
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// inherited are the variables of the host that every plugin process gets: what a program needs to find its files, its
// time zone, its certificates and its proxy. Secrets travel in Configure, and what else a plugin needs its manifest names.
var inherited = []string{
	"PATH", "HOME", "USER", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ", "TZDIR", "ZONEINFO", "TMPDIR",
	"SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
	"GODEBUG", "GOTRACEBACK", "GORACE", "GOCOVERDIR",
}

// maxProcs is the variable that bounds how many threads run Go code at once.
const maxProcs = "GOMAXPROCS"

// environment returns the host's values of the inherited variables and of the granted ones, and a share of the processors:
// half of the host's, at least one. A Go scheduler with little to do looks for work on every processor it may use; on a
// small machine a plugin's looking takes the processor that the host needs for the answer.
func environment(granted []string) []string {
	env := []string{maxProcs + "=" + strconv.Itoa(max(1, runtime.GOMAXPROCS(0)/2))}
	for _, name := range slices.Concat(inherited, granted) {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// grants returns those of the variables that a manifest asks for which exist here and which a plugin does not have
// anyway, sorted. The handshake's own are not to be had: a plugin that could set the stage for its child could pose as a host.
func grants(asked []string, handshakeKey string) []string {
	var names []string
	for _, name := range asked {
		if slices.Contains(inherited, name) || name == handshakeKey || strings.HasPrefix(name, "PLUGIN_") {
			continue
		}
		if _, ok := os.LookupEnv(name); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
