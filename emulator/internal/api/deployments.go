package api

import (
	"encoding/json"
	"net/http"
	"time"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
)

// deploymentAnswer is a deployment as the API shows it.
type deploymentAnswer struct {
	ID             string              `json:"deployment_id"`
	SourceCodePath string              `json:"source_code_path"`
	Mode           string              `json:"mode"`
	Command        []string            `json:"command,omitempty"`
	EnvVars        []apps.Variable     `json:"env_vars,omitempty"`
	Creator        string              `json:"creator"`
	CreateTime     string              `json:"create_time"`
	UpdateTime     string              `json:"update_time"`
	Status         apps.Status         `json:"status"`
	Artifacts      deploymentArtifacts `json:"deployment_artifacts"`
}

type deploymentArtifacts struct {
	SourceCodePath string `json:"source_code_path"`
}

func deploymentOf(d *apps.Deployment) *deploymentAnswer {
	if d == nil {
		return nil
	}
	return &deploymentAnswer{
		ID: d.ID, SourceCodePath: d.SourceCodePath, Mode: d.Mode, Command: d.Command, EnvVars: d.EnvVars, Creator: d.Creator,
		CreateTime: d.Created.Format(time.RFC3339), UpdateTime: d.Updated.Format(time.RFC3339), Status: d.Status,
		Artifacts: deploymentArtifacts{d.SourceCodePath},
	}
}

// createDeployment deploys files that the caller may read.
func (s *server) createDeployment(w http.ResponseWriter, r *http.Request, v apps.View) error {
	var body struct {
		apps.Order
		GitSource json.RawMessage `json:"git_source"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	if len(body.GitSource) > 0 {
		return unserved("Deployments from Git repositories are not served.")
	}
	if body.SourceCodePath == "" && v.ActiveDeployment != nil {
		body.SourceCodePath = v.ActiveDeployment.SourceCodePath
	}
	if body.SourceCodePath != "" {
		if _, err := s.cleanPath(r, body.SourceCodePath, acl.CanRead); err != nil {
			return err
		}
	}
	d, err := s.Apps.Deploy(caller(r), v.Name, body.Order)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, deploymentOf(&d))
	return nil
}

func (s *server) listDeployments(w http.ResponseWriter, r *http.Request, v apps.View) error {
	list := []*deploymentAnswer{}
	for _, d := range v.Deployments {
		list = append(list, deploymentOf(&d))
	}
	return writePage(w, r, "app_deployments", list)
}

func (s *server) getDeployment(w http.ResponseWriter, r *http.Request, v apps.View) error {
	id := r.PathValue("deployment")
	for _, d := range v.Deployments {
		if d.ID == id {
			writeJSON(w, http.StatusOK, deploymentOf(&d))
			return nil
		}
	}
	return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Deployment " + id + " of app " + v.Name + " does not exist."}
}
