package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"

	"corbel.example/emulator/internal/metastore"
)

type assignment struct {
	Principal  string                `json:"principal"`
	Privileges []metastore.Privilege `json:"privileges"`
}

type effectiveAssignment struct {
	Principal  string               `json:"principal"`
	Privileges []effectivePrivilege `json:"privileges"`
}

type effectivePrivilege struct {
	Privilege         metastore.Privilege     `json:"privilege"`
	InheritedFromName string                  `json:"inherited_from_name,omitempty"`
	InheritedFromType metastore.SecurableKind `json:"inherited_from_type,omitempty"`
}

// grantee is a securable of a path, and which principals' grants the caller may see on it:
// all for whoever may manage it, else those that reach the caller.
type grantee struct {
	snapshot *metastore.Snapshot
	name     metastore.Name
	shows    func(principal string) bool
}

func (s *server) grantee(r *http.Request) (grantee, error) {
	snapshot := s.Metastore.Snapshot()
	n, err := pathSecurable(r)
	if err != nil {
		return grantee{}, err
	}
	if err := visible(snapshot, caller(r), n); err != nil {
		return grantee{}, err
	}
	manages := snapshot.CanManage(caller(r), n)
	names := caller(r).Names()
	only := r.URL.Query().Get("principal")
	return grantee{snapshot, n, func(p string) bool {
		return (only == "" || strings.EqualFold(p, only)) && (manages || slices.Contains(names, p))
	}}, nil
}

func pathSecurable(r *http.Request) (metastore.Name, error) {
	kind := metastore.SecurableKind(strings.ToUpper(r.PathValue("type")))
	switch kind {
	case metastore.KindMetastore:
		return metastore.Name{}, nil
	case metastore.KindCatalog, metastore.KindSchema, metastore.KindTable, metastore.KindFunction, metastore.KindVolume:
		return securable(r.PathValue("name"), kind)
	}
	return metastore.Name{}, invalid("%q is not a securable type of this workspace: catalog, schema, table, function, volume, metastore.", r.PathValue("type"))
}

func (s *server) getPermissions(w http.ResponseWriter, r *http.Request) error {
	g, err := s.grantee(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"privilege_assignments": g.assignments()})
	return nil
}

func (g grantee) assignments() []assignment {
	list := []assignment{}
	for _, grant := range g.snapshot.Grants(g.name) { // sorted by principal
		if !g.shows(grant.Principal) {
			continue
		}
		if len(list) == 0 || list[len(list)-1].Principal != grant.Principal {
			list = append(list, assignment{Principal: grant.Principal})
		}
		last := &list[len(list)-1]
		last.Privileges = append(last.Privileges, grant.Privilege)
	}
	return list
}

func (s *server) getEffectivePermissions(w http.ResponseWriter, r *http.Request) error {
	g, err := s.grantee(r)
	if err != nil {
		return err
	}
	effective := g.snapshot.Effective(g.name)
	list := []effectiveAssignment{}
	for _, who := range slices.Sorted(maps.Keys(effective)) {
		if !g.shows(who) {
			continue
		}
		a := effectiveAssignment{Principal: who}
		for _, p := range effective[who] {
			e := effectivePrivilege{Privilege: p.Privilege}
			if p.InheritedFrom != (metastore.Name{}) {
				e.InheritedFromName, e.InheritedFromType = p.InheritedFrom.String(), p.InheritedFrom.Kind()
			}
			a.Privileges = append(a.Privileges, e)
		}
		list = append(list, a)
	}
	writeJSON(w, http.StatusOK, map[string]any{"privilege_assignments": list})
	return nil
}

type permissionsChange struct {
	Changes []struct {
		Principal string   `json:"principal"`
		Add       []string `json:"add"`
		Remove    []string `json:"remove"`
	} `json:"changes"`
}

func (s *server) updatePermissions(w http.ResponseWriter, r *http.Request) error {
	var body permissionsChange
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	n, err := pathSecurable(r)
	if err != nil {
		return err
	}
	snapshot := s.Metastore.Snapshot()
	if err := visible(snapshot, caller(r), n); err != nil {
		return err
	}
	changes, err := s.changes(body, n.Kind())
	if err != nil {
		return err
	}
	err = s.Metastore.Update(func(tx *metastore.Tx) error {
		if !tx.CanManage(caller(r), n) {
			return &metastore.DeniedError{Privilege: metastore.Manage, On: n}
		}
		return tx.ChangeGrants(n, changes...)
	})
	if err != nil {
		return fromMetastore(n, err)
	}
	g, err := s.grantee(r)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]any{"privilege_assignments": g.assignments()})
	return nil
}

// changes checks the names of principals and privileges.
func (s *server) changes(body permissionsChange, kind metastore.SecurableKind) ([]metastore.Change, error) {
	var changes []metastore.Change
	for _, c := range body.Changes {
		who, ok := s.Directory.Known(c.Principal)
		if !ok {
			return nil, unknownPrincipal(c.Principal)
		}
		change := metastore.Change{Principal: who}
		for _, list := range []struct {
			from []string
			to   *[]metastore.Privilege
		}{{c.Add, &change.Add}, {c.Remove, &change.Remove}} {
			for _, text := range list.from {
				p, err := metastore.ParsePrivilege(text, kind)
				if err != nil {
					return nil, invalid("%s", err)
				}
				*list.to = append(*list.to, p)
			}
		}
		changes = append(changes, change)
	}
	return changes, nil
}
