package apps

import (
	"regexp"
	"slices"
	"time"
)

// The bounds of what is kept about an app.
const (
	maxApps        = 100
	maxDeployments = 20 // of one app; the oldest make room
	maxResources   = 20
	maxDescription = 4 << 10 // bytes
)

// The states of an app's compute, of the app and of a deployment.
const (
	ComputeActive   = "ACTIVE"
	ComputeStarting = "STARTING"
	ComputeStopping = "STOPPING"
	ComputeStopped  = "STOPPED"
	ComputeDeleting = "DELETING"

	AppRunning     = "RUNNING"
	AppDeploying   = "DEPLOYING"
	AppCrashed     = "CRASHED"
	AppUnavailable = "UNAVAILABLE"

	DeploymentInProgress = "IN_PROGRESS"
	DeploymentSucceeded  = "SUCCEEDED"
	DeploymentFailed     = "FAILED"
	DeploymentCancelled  = "CANCELLED"
)

// Status is a state, and what there is to say about it.
type Status struct {
	State   string `json:"state"`
	Message string `json:"message"`
}

// Settings are what its managers say about an app.
type Settings struct {
	Description   string     `json:"description,omitempty"`
	Resources     []Resource `json:"resources,omitempty"`
	UserAPIScopes []string   `json:"user_api_scopes,omitempty"`
	ComputeSize   string     `json:"compute_size,omitempty"`
}

// App is what is known about an app.
type App struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Settings
	Creator string    `json:"creator"`
	Updater string    `json:"updater"`
	Created time.Time `json:"create_time"`
	Updated time.Time `json:"update_time"`
	// ClientID and PrincipalID are those of the app's service principal.
	ClientID    string `json:"service_principal_client_id"`
	PrincipalID int64  `json:"service_principal_id"`
	// Port is the front door's.
	Port int `json:"port"`
	// Running says that it is meant to run.
	Running bool `json:"running"`
	// Active is the id of the deployment that is in force.
	Active string `json:"active_deployment_id,omitempty"`
	// Deployments are the last ones, newest first.
	Deployments []Deployment `json:"deployments"`
}

// PrincipalName is the display name of the app's service principal.
func (a *App) PrincipalName() string { return "app-" + a.ID[:8] + " " + a.Name }

// Scopes are those of the users' tokens that the app gets.
func (a *App) Scopes() []string {
	scopes := slices.Clone(a.UserAPIScopes)
	for _, always := range identityScopes {
		if !slices.Contains(scopes, always) {
			scopes = append(scopes, always)
		}
	}
	slices.Sort(scopes)
	return scopes
}

// deployment returns the deployment of an id, or nil.
func (a *App) deployment(id string) *Deployment {
	i := slices.IndexFunc(a.Deployments, func(d Deployment) bool { return d.ID == id })
	if i < 0 {
		return nil
	}
	return &a.Deployments[i]
}

// identityScopes are those that every app has.
var identityScopes = []string{"iam.access-control:read", "iam.current-user:read"}

// knownScopes are those that an app may ask for.
var knownScopes = append([]string{
	"catalog.catalogs", "catalog.catalogs:read", "catalog.connections", "catalog.schemas", "catalog.schemas:read",
	"catalog.tables", "catalog.tables:read", "dashboards.genie", "database", "files.files", "iam.access-control", "iam.current-user",
	"model-serving", "postgres", "serving.serving-endpoints", "sql", "sql.statement-execution", "sql.warehouses", "unity-catalog",
	"vectorsearch.vector-search-endpoints", "vectorsearch.vector-search-indexes", "workspace.workspace",
}, identityScopes...)

var (
	validName         = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,28}[a-z0-9]$`)
	validResourceName = regexp.MustCompile(`^[A-Za-z0-9_-]{2,30}$`)
	computeSizes      = []string{"", "MEDIUM", "LARGE", "XLARGE"}
)

// check checks everything but whether the resources are there.
func (s *Settings) check() error {
	switch {
	case len(s.Description) > maxDescription:
		return invalid("The description has more than %d bytes.", maxDescription)
	case !slices.Contains(computeSizes, s.ComputeSize):
		return invalid("compute_size must be one of MEDIUM, LARGE and XLARGE, not %q.", s.ComputeSize)
	case len(s.Resources) > maxResources:
		return invalid("An app has at most %d resources.", maxResources)
	}
	for _, scope := range s.UserAPIScopes {
		if !slices.Contains(knownScopes, scope) {
			return invalid("%q in user_api_scopes is no scope of a user's token.", scope)
		}
	}
	names := map[string]bool{}
	for _, r := range s.Resources {
		if !validResourceName.MatchString(r.Name) {
			return invalid("A resource's name has 2 to 30 letters, digits, dashes and underscores, as %q has not.", r.Name)
		}
		if names[r.Name] {
			return invalid("The app has two resources with the name %q.", r.Name)
		}
		names[r.Name] = true
	}
	return nil
}
