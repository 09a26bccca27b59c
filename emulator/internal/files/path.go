package files

import (
	"fmt"
	"path"
	"strings"
)

// Root is the folder that holds everything. Paths that leave it out mean the same.
const Root = "/Workspace"

// The folders that every workspace has.
const (
	Users  = Root + "/Users"
	Shared = Root + "/Shared"
)

const (
	maxName  = 255  // bytes
	maxPath  = 4096 // bytes
	maxDepth = 100
)

// PathError says that a path can't be one.
type PathError struct{ Path, Problem string }

func (e *PathError) Error() string { return fmt.Sprintf("Path (%s) %s.", e.Path, e.Problem) }

// Clean returns the one form of a path: beneath [Root], without a slash at the end.
func Clean(name string) (string, error) {
	switch {
	case !strings.HasPrefix(name, "/"):
		return "", &PathError{name, "should start with '/'"}
	case len(name) > maxPath:
		return "", &PathError{name[:maxName] + "...", "is too long"}
	case strings.ContainsRune(name, 0):
		return "", &PathError{name, "holds a character that no path may hold"}
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' })
	if len(parts) > maxDepth {
		return "", &PathError{name, "is too deep"}
	}
	for _, part := range parts {
		if part == "." || part == ".." {
			return "", &PathError{name, "must not hold '.' or '..'"}
		}
		if len(part) > maxName {
			return "", &PathError{name, "holds a name that is too long"}
		}
	}
	if len(parts) > 0 && "/"+parts[0] == Root {
		parts = parts[1:]
	}
	return path.Join(append([]string{Root}, parts...)...), nil
}

// Home is the folder of a user or service principal.
func Home(userName string) string { return Users + "/" + userName }

// beneath reports whether a path is below a folder.
func beneath(name, folder string) bool { return strings.HasPrefix(name, folder+"/") }

// Ancestors lists the folders that hold a path, the nearest first.
func Ancestors(name string) []string {
	var list []string
	for name != Root && beneath(name, Root) {
		name = path.Dir(name)
		list = append(list, name)
	}
	return list
}
