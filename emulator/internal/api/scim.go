package api

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"corbel.example/emulator/internal/principal"
)

type scimValue struct {
	Value   string `json:"value"`
	Display string `json:"display,omitempty"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
	Ref     string `json:"$ref,omitempty"`
}

type scimName struct {
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

type scimUser struct {
	Schemas     []string    `json:"schemas"`
	ID          string      `json:"id"`
	UserName    string      `json:"userName"`
	DisplayName string      `json:"displayName"`
	Name        *scimName   `json:"name,omitempty"`
	Active      bool        `json:"active"`
	Emails      []scimValue `json:"emails,omitempty"`
	Groups      []scimValue `json:"groups"`
}

type scimGroup struct {
	Schemas     []string    `json:"schemas"`
	ID          string      `json:"id"`
	DisplayName string      `json:"displayName"`
	Members     []scimValue `json:"members"`
}

func (s *server) scimUser(p principal.Principal) scimUser {
	u := scimUser{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:workspace:2.0:User"},
		ID:      p.ID, UserName: p.UserName, DisplayName: p.DisplayName, Active: true, Groups: []scimValue{},
	}
	if p.Email != "" {
		u.Emails = []scimValue{{Value: p.Email, Type: "work", Primary: true}}
		given, family, _ := strings.Cut(p.DisplayName, " ")
		u.Name = &scimName{given, family}
	}
	for _, name := range p.Groups {
		if g, ok := s.Directory.Group(name); ok {
			u.Groups = append(u.Groups, scimValue{Value: g.ID, Display: g.DisplayName, Type: "direct", Ref: "Groups/" + g.ID})
		}
	}
	return u
}

func (s *server) me(w http.ResponseWriter, r *http.Request) error {
	writeJSON(w, http.StatusOK, s.scimUser(caller(r)))
	return nil
}

func (s *server) users(w http.ResponseWriter, r *http.Request) error {
	keep, err := scimFilter(r, "userName")
	if err != nil {
		return err
	}
	var all []any
	for _, u := range s.Directory.Users() {
		if keep(u.UserName) {
			all = append(all, s.scimUser(u))
		}
	}
	return writeSCIMList(w, r, all)
}

func (s *server) user(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	for _, u := range s.Directory.Users() {
		if u.ID == id {
			writeJSON(w, http.StatusOK, s.scimUser(u))
			return nil
		}
	}
	return scimNotFound("User", id)
}

// scimServicePrincipal is a service principal as SCIM has it.
type scimServicePrincipal struct {
	Schemas       []string    `json:"schemas"`
	ID            string      `json:"id"`
	ApplicationID string      `json:"applicationId"`
	DisplayName   string      `json:"displayName"`
	Active        bool        `json:"active"`
	Groups        []scimValue `json:"groups"`
}

func (s *server) scimServicePrincipal(p principal.Principal) scimServicePrincipal {
	return scimServicePrincipal{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:ServicePrincipal"},
		ID:      p.ID, ApplicationID: p.UserName, DisplayName: p.DisplayName, Active: true, Groups: s.scimUser(p).Groups,
	}
}

func (s *server) servicePrincipals(w http.ResponseWriter, r *http.Request) error {
	attribute := "displayName"
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.URL.Query().Get("filter"))), "applicationid") {
		attribute = "applicationId"
	}
	keep, err := scimFilter(r, attribute)
	if err != nil {
		return err
	}
	var all []any
	for _, p := range s.Directory.ServicePrincipals() {
		value := p.DisplayName
		if attribute == "applicationId" {
			value = p.UserName
		}
		if keep(value) {
			all = append(all, s.scimServicePrincipal(p))
		}
	}
	return writeSCIMList(w, r, all)
}

func (s *server) servicePrincipal(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	for _, p := range s.Directory.ServicePrincipals() {
		if p.ID == id {
			writeJSON(w, http.StatusOK, s.scimServicePrincipal(p))
			return nil
		}
	}
	return scimNotFound("ServicePrincipal", id)
}

func scimNotFound(kind, id string) *Error {
	return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", kind + " with id " + id + " not found."}
}

func (s *server) group(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	for _, g := range s.Directory.Groups() {
		if g.ID == id {
			writeJSON(w, http.StatusOK, s.scimGroup(g))
			return nil
		}
	}
	return scimNotFound("Group", id)
}

func (s *server) groups(w http.ResponseWriter, r *http.Request) error {
	keep, err := scimFilter(r, "displayName")
	if err != nil {
		return err
	}
	var all []any
	for _, g := range s.Directory.Groups() {
		if keep(g.DisplayName) {
			all = append(all, s.scimGroup(g))
		}
	}
	return writeSCIMList(w, r, all)
}

func (s *server) scimGroup(g principal.Group) scimGroup {
	group := scimGroup{Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, ID: g.ID, DisplayName: g.DisplayName, Members: []scimValue{}}
	for _, m := range g.Members {
		if u, ok := s.Directory.User(m); ok {
			group.Members = append(group.Members, scimValue{Value: u.ID, Display: u.DisplayName, Ref: "Users/" + u.ID})
		}
	}
	return group
}

var simpleFilter = regexp.MustCompile(`^(\w+) +(\w+) +(?:"([^"]*)"|([^" ]+))$`)

// comparisons are the operators of filters by which strings are compared; case does not count.
var comparisons = map[string]func(have, want string) bool{
	"eq": func(have, want string) bool { return have == want },
	"ne": func(have, want string) bool { return have != want },
	"co": strings.Contains,
	"sw": strings.HasPrefix,
	"ew": strings.HasSuffix,
}

// scimFilter reads a filter of the form attribute operator "value" (RFC 7644, 3.4.2.2).
func scimFilter(r *http.Request, attribute string) (func(string) bool, error) {
	text := strings.TrimSpace(r.URL.Query().Get("filter"))
	if text == "" {
		return func(string) bool { return true }, nil
	}
	m := simpleFilter.FindStringSubmatch(text)
	if m == nil || !strings.EqualFold(m[1], attribute) || comparisons[strings.ToLower(m[2])] == nil {
		return nil, invalid("This workspace serves filters of the form %s eq|ne|co|sw|ew \"...\" only, not %q.", attribute, text)
	}
	compare, want := comparisons[strings.ToLower(m[2])], strings.ToLower(m[3]+m[4])
	return func(v string) bool { return compare(strings.ToLower(v), want) }, nil
}

func writeSCIMList(w http.ResponseWriter, r *http.Request, all []any) error {
	total, start := len(all), 1
	query := r.URL.Query()
	if text := query.Get("startIndex"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return invalid("startIndex must be a number from 1, not %q.", text)
		}
		start = n
	}
	all = all[min(start-1, total):]
	if text := query.Get("count"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return invalid("count must be a number from 0, not %q.", text)
		}
		all = all[:min(n, len(all))]
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": total,
		"startIndex": start, "itemsPerPage": len(all), "Resources": append([]any{}, all...),
	})
	return nil
}
