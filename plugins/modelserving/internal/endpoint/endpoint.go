package endpoint

import "time"

// Endpoint is a serving endpoint.
type Endpoint struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	// Task is what it does, such as llm/v1/chat; empty for models of one's own.
	Task  string `json:"task,omitempty"`
	State State  `json:"state"`
	// PermissionLevel is the user's, as far as it is known: CAN_QUERY, CAN_VIEW, CAN_MANAGE.
	PermissionLevel string     `json:"permission_level,omitempty"`
	Creator         string     `json:"creator,omitempty"`
	UpdatedAt       *time.Time `json:"updated_at,omitempty"`
	ServedEntities  []Entity   `json:"served_entities"`
	// Schema is what it takes; nil where that is not known, and in lists.
	Schema *Schema `json:"schema,omitempty"`
}

// The tasks that have pages of their own.
const (
	TaskChat        = "llm/v1/chat"
	TaskCompletions = "llm/v1/completions"
	TaskEmbeddings  = "llm/v1/embeddings"
)

// Streams says whether the endpoint can answer piece by piece.
func (e *Endpoint) Streams() bool {
	switch e.Task {
	case TaskEmbeddings:
		return false
	case "":
		return e.Schema == nil || e.Schema.takes(messages) || e.Schema.takes(prompt)
	default:
		return true
	}
}

// State is whether an endpoint answers, and whether it is about to change.
type State struct {
	// Ready is READY or NOT_READY.
	Ready string `json:"ready"`
	// ConfigUpdate is NOT_UPDATING, IN_PROGRESS, UPDATE_FAILED or UPDATE_CANCELED.
	ConfigUpdate string `json:"config_update"`
}

// The values that decide.
const (
	ready      = "READY"
	inProgress = "IN_PROGRESS"
)

// IsReady says whether it answers.
func (s State) IsReady() bool { return s.Ready == ready }

// IsUpdating says whether it is about to change; it answers meanwhile if it is ready.
func (s State) IsUpdating() bool { return s.ConfigUpdate == inProgress }

// settled says whether the state lasts.
func (s State) settled() bool { return s.IsReady() && !s.IsUpdating() }

// String is the state in a word: READY, UPDATING, NOT_READY.
func (s State) String() string {
	switch {
	case s.IsUpdating():
		return "UPDATING"
	case s.IsReady():
		return ready
	default:
		return "NOT_READY"
	}
}

// Entity is a model, or something like one, that an endpoint serves.
type Entity struct {
	Name          string `json:"name,omitempty"`
	EntityName    string `json:"entity_name,omitempty"`
	EntityVersion string `json:"entity_version,omitempty"`
	// Provider is that of an external model.
	Provider     string `json:"provider,omitempty"`
	WorkloadSize string `json:"workload_size,omitempty"`
	// Deployment is DEPLOYMENT_READY, DEPLOYMENT_CREATING, ...
	Deployment string `json:"deployment,omitempty"`
}

// answer is an endpoint as the API gives it: Serving endpoints, GET /api/2.0/serving-endpoints/{name}.
type answer struct {
	Name                 string `json:"name"`
	Description          string `json:"description"`
	Task                 string `json:"task"`
	Creator              string `json:"creator"`
	PermissionLevel      string `json:"permission_level"`
	LastUpdatedTimestamp int64  `json:"last_updated_timestamp"`
	State                State  `json:"state"`
	Config               struct {
		ServedEntities []struct {
			Name            string                          `json:"name"`
			EntityName      string                          `json:"entity_name"`
			EntityVersion   string                          `json:"entity_version"`
			WorkloadSize    string                          `json:"workload_size"`
			ExternalModel   struct{ Name, Provider string } `json:"external_model"`
			FoundationModel struct{ Name string }           `json:"foundation_model"`
			State           struct{ Deployment string }     `json:"state"`
		} `json:"served_entities"`
	} `json:"config"`
}

func (a *answer) endpoint() Endpoint {
	e := Endpoint{
		Name: a.Name, Description: a.Description, Task: a.Task, State: a.State, Creator: a.Creator, PermissionLevel: a.PermissionLevel,
		ServedEntities: []Entity{},
	}
	if a.LastUpdatedTimestamp > 0 {
		at := time.UnixMilli(a.LastUpdatedTimestamp).UTC()
		e.UpdatedAt = &at
	}
	for _, s := range a.Config.ServedEntities {
		entity := Entity{
			Name: s.Name, EntityName: s.EntityName, EntityVersion: s.EntityVersion, Provider: s.ExternalModel.Provider,
			WorkloadSize: s.WorkloadSize, Deployment: s.State.Deployment,
		}
		for _, name := range []string{s.ExternalModel.Name, s.FoundationModel.Name} {
			if entity.EntityName == "" {
				entity.EntityName = name
			}
		}
		e.ServedEntities = append(e.ServedEntities, entity)
	}
	return e
}
