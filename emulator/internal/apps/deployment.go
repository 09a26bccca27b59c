package apps

import (
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"corbel.example/emulator/internal/files"
)

const (
	// maxFile bounds a file of an app, in bytes: the platform starts none with a larger one.
	maxFile = 10 << 20
	// maxSpec bounds app.yaml, in bytes.
	maxSpec = 1 << 20
	// maxVariables bounds the variables of a deployment.
	maxVariables = 200
)

// specNames are the files that may say how an app runs; the first there is counts.
var specNames = []string{"app.yaml", "app.yml"}

// Variable is one of the app's environment, with a value or the name of the resource that has it.
type Variable struct {
	Name      string `json:"name"`
	Value     string `json:"value,omitempty"`
	ValueFrom string `json:"value_from,omitempty"`
}

// Order is what a deployment is asked to be.
type Order struct {
	SourceCodePath string     `json:"source_code_path"`
	Mode           string     `json:"mode"`
	Command        []string   `json:"command"`
	EnvVars        []Variable `json:"env_vars"`
}

// Deployment is a version of an app.
type Deployment struct {
	ID string `json:"deployment_id"`
	Order
	Creator string    `json:"creator"`
	Created time.Time `json:"create_time"`
	Updated time.Time `json:"update_time"`
	Status  Status    `json:"status"`
	// Source are the files as the deployment found them.
	Source []SourceFile `json:"source"`
	// Run is how the app starts.
	Run Spec `json:"run"`
}

// SourceFile is a file of a deployment, by its path in the source code.
type SourceFile struct {
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

// Spec says how an app starts.
type Spec struct {
	Command   []string   `json:"command"`
	Variables []Variable `json:"env"`
}

// document is the form of app.yaml. What the platform knows and this workspace does not is
// left out of it.
type document struct {
	Command []string `yaml:"command"`
	Env     []struct {
		Name      string  `yaml:"name"`
		Value     *string `yaml:"value"`
		ValueFrom string  `yaml:"valueFrom"`
	} `yaml:"env"`
}

// parseSpec reads app.yaml.
func parseSpec(name string, text []byte) (Spec, error) {
	var d document
	if err := yaml.Unmarshal(text, &d); err != nil {
		return Spec{}, invalid("%s can't be read: %s. command is a list of words, and env a list of name and value or valueFrom.", name, strings.ReplaceAll(err.Error(), "\n", ""))
	}
	spec := Spec{Command: d.Command}
	for _, e := range d.Env {
		if e.Value != nil && e.ValueFrom != "" {
			return Spec{}, invalid("The variable %q in %s has both value and valueFrom.", e.Name, name)
		}
		v := Variable{Name: e.Name, ValueFrom: e.ValueFrom}
		if e.Value != nil {
			v.Value = *e.Value
		}
		spec.Variables = append(spec.Variables, v)
	}
	return spec, nil
}

// source finds the files of a deployment, and how they say the app starts.
func source(store *files.Store, folder string) ([]SourceFile, Spec, error) {
	if o, ok := store.Find(folder); !ok || !o.Directory {
		return nil, Spec{}, &Error{NotFound, "The source code path " + folder + " is no folder of the workspace."}
	}
	var list []SourceFile
	var spec Spec
	var specName string
	for _, o := range store.Tree(folder) {
		if o.Directory {
			continue
		}
		name := strings.TrimPrefix(o.Path, folder+"/")
		if o.Size > maxFile {
			return nil, Spec{}, invalid("The file %s has %d bytes. A file of an app has at most %d: split or compress it.", name, o.Size, maxFile)
		}
		list = append(list, SourceFile{name, o.Digest})
		if i := slices.Index(specNames, name); i >= 0 && (specName == "" || i < slices.Index(specNames, specName)) {
			var err error
			if spec, err = readSpec(store, name, o.Digest); err != nil {
				return nil, Spec{}, err
			}
			specName = name
		}
	}
	if len(list) == 0 {
		return nil, Spec{}, invalid("There is no file in %s.", folder)
	}
	return list, spec, nil
}

func readSpec(store *files.Store, name, digest string) (spec Spec, err error) {
	r, err := store.Read(digest)
	if err != nil {
		return Spec{}, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	text, err := io.ReadAll(io.LimitReader(r, maxSpec+1))
	if err != nil {
		return Spec{}, fmt.Errorf("read %s: %w", name, err)
	}
	if len(text) > maxSpec {
		return Spec{}, invalid("%s has more than %d bytes.", name, maxSpec)
	}
	return parseSpec(name, text)
}

// with is the specification with what a deployment says itself, which wins.
func (s Spec) with(o Order) Spec {
	if len(o.Command) > 0 {
		s.Command = o.Command
	}
	variables := slices.Clone(s.Variables)
	for _, v := range o.EnvVars {
		i := slices.IndexFunc(variables, func(have Variable) bool { return have.Name == v.Name })
		if i >= 0 {
			variables[i] = v
		} else {
			variables = append(variables, v)
		}
	}
	s.Variables = variables
	return s
}

var validVariable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// check checks it against the app's resources.
func (s Spec) check(resources []Resource) error {
	if len(s.Command) == 0 || s.Command[0] == "" {
		return invalid("Nothing says how to start the app: app.yaml needs a command, such as [\"sh\", \"start.sh\"].")
	}
	if len(s.Variables) > maxVariables {
		return invalid("An app has at most %d variables.", maxVariables)
	}
	for _, v := range s.Variables {
		switch {
		case !validVariable.MatchString(v.Name):
			return invalid("%q is no name of a variable.", v.Name)
		case strings.ContainsRune(v.Value, 0):
			return invalid("The value of the variable %q can't be one.", v.Name)
		case v.Value != "" && v.ValueFrom != "":
			return invalid("The variable %q has both value and value_from.", v.Name)
		case v.ValueFrom != "" && !slices.ContainsFunc(resources, func(r Resource) bool { return r.Name == v.ValueFrom }):
			return invalid("The variable %q takes its value from the resource %q, which the app does not have.", v.Name, v.ValueFrom)
		}
	}
	return nil
}

// place is where the file belongs beneath a folder of this machine.
func (f SourceFile) place(folder string) string { return path.Join(folder, f.Path) }
