package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/apps"
)

// Databricks Apps: https://docs.databricks.com/api/workspace/apps

const (
	appsPath = "/api/2.0/apps"

	// defaultAppPage is the length of a page of apps or deployments, and maxAppPage bounds it.
	defaultAppPage = 100
	maxAppPage     = 1000
)

var scopeApps = []string{"apps"}

func (s *server) routeApps(api func(string, []string, handler)) {
	const one = appsPath + "/{name}"
	api("GET "+appsPath, scopeApps, s.listApps)
	api("POST "+appsPath, scopeApps, s.createApp)
	api("GET "+one, scopeApps, s.withApp(acl.CanUse, s.getApp))
	api("PATCH "+one, scopeApps, s.withApp(acl.CanManage, s.updateApp))
	api("DELETE "+one, scopeApps, s.withApp(acl.CanManage, s.deleteApp))
	api("POST "+one+"/start", scopeApps, s.withApp(acl.CanManage, s.startApp))
	api("POST "+one+"/stop", scopeApps, s.withApp(acl.CanManage, s.stopApp))
	api("POST "+one+"/update", scopeApps, s.withApp(acl.CanManage, s.updateAppByMask))
	api("GET "+one+"/update", scopeApps, s.withApp(acl.CanManage, s.getAppUpdate))
	api("POST "+one+"/deployments", scopeApps, s.withApp(acl.CanManage, s.createDeployment))
	api("GET "+one+"/deployments", scopeApps, s.withApp(acl.CanManage, s.listDeployments))
	api("GET "+one+"/deployments/{deployment}", scopeApps, s.withApp(acl.CanManage, s.getDeployment))
}

// appAnswer is an app as the API shows it.
type appAnswer struct {
	ID                      string            `json:"id"`
	Name                    string            `json:"name"`
	Description             string            `json:"description"`
	URL                     string            `json:"url"`
	ComputeSize             string            `json:"compute_size"`
	ComputeStatus           computeAnswer     `json:"compute_status"`
	AppStatus               apps.Status       `json:"app_status"`
	ActiveDeployment        *deploymentAnswer `json:"active_deployment,omitempty"`
	PendingDeployment       *deploymentAnswer `json:"pending_deployment,omitempty"`
	DefaultSourceCodePath   string            `json:"default_source_code_path,omitempty"`
	Resources               []apps.Resource   `json:"resources,omitempty"`
	UserAPIScopes           []string          `json:"user_api_scopes,omitempty"`
	EffectiveUserAPIScopes  []string          `json:"effective_user_api_scopes"`
	Creator                 string            `json:"creator"`
	CreateTime              string            `json:"create_time"`
	Updater                 string            `json:"updater"`
	UpdateTime              string            `json:"update_time"`
	ServicePrincipalID      int64             `json:"service_principal_id"`
	ServicePrincipalName    string            `json:"service_principal_name"`
	ServicePrincipalClient  string            `json:"service_principal_client_id"`
	Oauth2AppClientID       string            `json:"oauth2_app_client_id"`
	Oauth2AppIntegrationID  string            `json:"oauth2_app_integration_id"`
	EffectiveBudgetPolicyID string            `json:"effective_budget_policy_id,omitempty"`
}

type computeAnswer struct {
	apps.Status
	ActiveInstances int `json:"active_instances"`
}

func (s *server) appAnswer(v apps.View) appAnswer {
	a := appAnswer{
		ID: v.ID, Name: v.Name, Description: v.Description, URL: v.URL, ComputeSize: v.ComputeSize,
		ComputeStatus: computeAnswer{Status: v.Compute}, AppStatus: v.Status,
		ActiveDeployment: deploymentOf(v.ActiveDeployment), PendingDeployment: deploymentOf(v.Pending),
		Resources: v.Resources, UserAPIScopes: v.UserAPIScopes, EffectiveUserAPIScopes: v.Scopes(),
		Creator: v.Creator, CreateTime: v.Created.Format(time.RFC3339), Updater: v.Updater, UpdateTime: v.Updated.Format(time.RFC3339),
		ServicePrincipalID: v.PrincipalID, ServicePrincipalName: v.PrincipalName(), ServicePrincipalClient: v.ClientID,
		Oauth2AppClientID: v.ClientID, Oauth2AppIntegrationID: v.ClientID,
	}
	if v.Compute.State == apps.ComputeActive {
		a.ComputeStatus.ActiveInstances = 1
	}
	if v.ActiveDeployment != nil {
		a.DefaultSourceCodePath = v.ActiveDeployment.SourceCodePath
	}
	return a
}

// fromApps turns the errors of package apps into answers.
func fromApps(err error) error {
	var known *apps.Error
	if !errors.As(err, &known) {
		return err
	}
	switch known.Reason {
	case apps.NotFound:
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", known.Message}
	case apps.Exists:
		return &Error{http.StatusConflict, "RESOURCE_ALREADY_EXISTS", known.Message}
	case apps.Conflict:
		return &Error{http.StatusConflict, "RESOURCE_CONFLICT", known.Message}
	case apps.Denied:
		return denied(known.Message)
	case apps.Unserved:
		return unserved("%s", known.Message)
	case apps.Invalid:
	}
	return invalid("%s", known.Message)
}

// appHandler answers a request for an app.
type appHandler func(w http.ResponseWriter, r *http.Request, v apps.View) error

// withApp finds the app in the path, if the caller has the permission on it. Apps that the
// caller may not use don't exist.
func (s *server) withApp(need acl.Level, next appHandler) handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		name := r.PathValue("name")
		v, ok := s.Apps.Find(name)
		if !ok || !s.Permissions.Allows(caller(r), acl.CanUse, apps.Object(name)) {
			return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "App with name " + name + " does not exist or is deleted."}
		}
		if !s.Permissions.Allows(caller(r), need, apps.Object(name)) {
			return denied("User does not have " + string(need) + " on app " + name + ".")
		}
		return fromApps(next(w, r, v))
	}
}

func (s *server) listApps(w http.ResponseWriter, r *http.Request) error {
	list := []appAnswer{}
	for _, v := range s.Apps.List() {
		if s.Permissions.Allows(caller(r), acl.CanUse, apps.Object(v.Name)) {
			list = append(list, s.appAnswer(v))
		}
	}
	return writePage(w, r, "apps", list)
}

// writePage answers with a page of a list. Its token is how many items came before.
func writePage[T any](w http.ResponseWriter, r *http.Request, field string, list []T) error {
	query := r.URL.Query()
	size, from := defaultAppPage, 0
	for name, to := range map[string]*int{"page_size": &size, "page_token": &from} {
		if text := query.Get(name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 0 {
				return invalid("%s is none: %q.", name, text)
			}
			*to = n
		}
	}
	if size == 0 {
		size = defaultAppPage
	}
	from = min(from, len(list))
	to := min(from+min(size, maxAppPage), len(list))
	answer := map[string]any{field: list[from:to]}
	if to < len(list) {
		answer["next_page_token"] = strconv.Itoa(to)
	}
	writeJSON(w, http.StatusOK, answer)
	return nil
}

// appOrder is what can be said about an app. What is not said is nil.
type appOrder struct {
	Name          string           `json:"name"`
	Description   *string          `json:"description"`
	Resources     *[]apps.Resource `json:"resources"`
	UserAPIScopes *[]string        `json:"user_api_scopes"`
	ComputeSize   *string          `json:"compute_size"`

	GitRepository json.RawMessage `json:"git_repository"`
	GitSource     json.RawMessage `json:"git_source"`
	Space         string          `json:"space"`
}

func (o *appOrder) check() error {
	if len(o.GitRepository) > 0 || len(o.GitSource) > 0 || o.Space != "" {
		return unserved("Apps from Git repositories and app spaces are not served.")
	}
	return nil
}

// apply changes the settings to what was said of the fields in the mask; nil means all.
func (o *appOrder) apply(s *apps.Settings, mask []string) {
	in := func(field string) bool {
		return mask == nil || slices.Contains(mask, field) || slices.Contains(mask, "*")
	}
	set(&s.Description, o.Description, in("description"), mask != nil)
	set(&s.Resources, o.Resources, in("resources"), mask != nil)
	set(&s.UserAPIScopes, o.UserAPIScopes, in("user_api_scopes"), mask != nil)
	set(&s.ComputeSize, o.ComputeSize, in("compute_size"), mask != nil)
}

// set sets a field that is meant. What is meant and not said is cleared if a mask names it.
func set[T any](field, said *T, meant, named bool) {
	switch {
	case !meant:
	case said != nil:
		*field = *said
	case named:
		var none T
		*field = none
	}
}

func (s *server) createApp(w http.ResponseWriter, r *http.Request) error {
	var order appOrder
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		return malformed(err)
	}
	if err := order.check(); err != nil {
		return err
	}
	var settings apps.Settings
	order.apply(&settings, nil)
	v, err := s.Apps.Create(caller(r), order.Name, settings, r.URL.Query().Get("no_compute") != "true")
	if err != nil {
		return fromApps(err)
	}
	writeJSON(w, http.StatusOK, s.appAnswer(v))
	return nil
}

func (s *server) getApp(w http.ResponseWriter, _ *http.Request, v apps.View) error {
	writeJSON(w, http.StatusOK, s.appAnswer(v))
	return nil
}

func (s *server) updateApp(w http.ResponseWriter, r *http.Request, v apps.View) error {
	var order appOrder
	if err := json.NewDecoder(r.Body).Decode(&order); err != nil {
		return malformed(err)
	}
	if err := order.check(); err != nil {
		return err
	}
	v, err := s.Apps.Update(caller(r), v.Name, func(settings *apps.Settings) { order.apply(settings, nil) })
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.appAnswer(v))
	return nil
}

// updateAppByMask changes the fields that the mask names. It is done when it answers.
func (s *server) updateAppByMask(w http.ResponseWriter, r *http.Request, v apps.View) error {
	var body struct {
		App        appOrder `json:"app"`
		UpdateMask string   `json:"update_mask"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	if err := body.App.check(); err != nil {
		return err
	}
	if body.UpdateMask == "" {
		return invalid("update_mask is missing.")
	}
	v, err := s.Apps.Update(caller(r), v.Name, func(settings *apps.Settings) {
		body.App.apply(settings, strings.Split(body.UpdateMask, ","))
	})
	if err != nil {
		return err
	}
	return s.getAppUpdate(w, r, v)
}

func (s *server) getAppUpdate(w http.ResponseWriter, _ *http.Request, v apps.View) error {
	writeJSON(w, http.StatusOK, struct {
		apps.Settings
		Status apps.Status `json:"status"`
	}{v.Settings, apps.Status{State: "SUCCEEDED", Message: "The app is updated."}})
	return nil
}

func (s *server) deleteApp(w http.ResponseWriter, _ *http.Request, v apps.View) error {
	v, err := s.Apps.Delete(v.Name)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.appAnswer(v))
	return nil
}

func (s *server) startApp(w http.ResponseWriter, _ *http.Request, v apps.View) error {
	v, err := s.Apps.Start(v.Name)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.appAnswer(v))
	return nil
}

func (s *server) stopApp(w http.ResponseWriter, _ *http.Request, v apps.View) error {
	v, err := s.Apps.Stop(v.Name)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.appAnswer(v))
	return nil
}
