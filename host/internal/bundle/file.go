package bundle

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"

	"corbel.example/sdk/plugin"
)

// Files that Generate writes, within the folder of databricks.yml.
const (
	// ResourceFile belongs to the bundle: the CLI reads it.
	ResourceFile = "resources/app.yml"
	// AppFile is for deployments without a bundle, by `databricks apps deploy`: the platform reads it.
	AppFile = "app.yaml"
)

// appKey is the app's key in the bundle, which databricks.yml gives permissions to.
const appKey = "corbel"

const header = "# Written by `corbel bundle generate` from the manifests of the enabled plugins; `corbel bundle check` compares.\n"

// command starts the app in the folder that `make dist` makes.
var command = []string{"sh", "start.sh"}

// resourceFile is ResourceFile.
type resourceFile struct {
	Variables map[string]variable `yaml:"variables,omitempty"`
	Resources struct {
		Apps map[string]app `yaml:"apps"`
	} `yaml:"resources"`
}

type variable struct {
	Description string `yaml:"description"`
}

type app struct {
	Name           string     `yaml:"name"`
	Description    string     `yaml:"description"`
	SourceCodePath string     `yaml:"source_code_path"`
	Config         appConfig  `yaml:"config"`
	UserAPIScopes  []string   `yaml:"user_api_scopes,omitempty"`
	Resources      []resource `yaml:"resources,omitempty"`
}

type resource struct {
	Name        string `yaml:"name"`
	Description string `yaml:"description,omitempty"`
	// Body is by the resource's kind.
	Body map[string]map[string]string `yaml:",inline"`
}

type appConfig struct {
	Command []string  `yaml:"command,flow"`
	Env     []setting `yaml:"env"`
}

// setting is a variable of the app's environment.
type setting struct {
	Name      string `yaml:"name"`
	Value     string `yaml:"value,omitempty"`
	ValueFrom string `yaml:"value_from,omitempty"`
}

// appFile is AppFile, whose names are written otherwise than the bundle's.
type appFile struct {
	Command []string         `yaml:"command,flow"`
	Env     []appFileSetting `yaml:"env,omitempty"`
}

type appFileSetting struct {
	Name      string `yaml:"name"`
	ValueFrom string `yaml:"valueFrom"`
}

// Generate returns the files' contents for an app of these plugins, by their names.
func Generate(title string, manifests []plugin.Manifest) (map[string][]byte, error) {
	needs, err := collect(manifests)
	if err != nil {
		return nil, err
	}
	resources, err := write(resourcesOf(title, needs, scopes(manifests)))
	if err != nil {
		return nil, err
	}
	apps, err := write(appOf(needs))
	if err != nil {
		return nil, err
	}
	return map[string][]byte{ResourceFile: resources, AppFile: apps}, nil
}

func write(v any) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(header)
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), e.Close()
}

func resourcesOf(title string, needs []*need, scopes []string) resourceFile {
	file := resourceFile{Variables: map[string]variable{}}
	a := app{
		Name: "${var.app_name}", Description: title, SourceCodePath: "../dist/${var.platform}", UserAPIScopes: scopes,
		Config: appConfig{Command: command},
	}
	for _, n := range needs {
		body := map[string]string{"permission": n.permission}
		if n.kind == "uc_securable" {
			body["securable_type"] = securableType(n.permission)
		}
		for _, f := range kinds[n.kind].fields {
			name := n.variable(f)
			body[f.name] = "${var." + name + "}"
			file.Variables[name] = variable{f.text + " Needed by " + strings.Join(n.plugins, ", ") + "."}
		}
		a.Resources = append(a.Resources, resource{
			Name: n.key, Description: strings.Join(n.descriptions, " "), Body: map[string]map[string]string{n.kind: body},
		})
		for _, name := range n.variables {
			a.Config.Env = append(a.Config.Env, setting{Name: name, ValueFrom: n.key})
		}
	}
	// Each target has a profile: config/corbel.<target>.yaml.
	a.Config.Env = append(a.Config.Env, setting{Name: "CORBEL_PROFILE", Value: "${bundle.target}"})
	file.Resources.Apps = map[string]app{appKey: a}
	return file
}

func appOf(needs []*need) appFile {
	file := appFile{Command: command}
	for _, n := range needs {
		for _, name := range n.variables {
			file.Env = append(file.Env, appFileSetting{Name: name, ValueFrom: n.key})
		}
	}
	return file
}
