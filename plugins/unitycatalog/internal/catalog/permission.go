package catalog

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"corbel.example/sdk/fault"
)

// Permissions are who may do what with a table.
type Permissions struct {
	// Owner may do everything.
	Owner string `json:"owner,omitempty"`
	// Principal is the caller, and IsOwner says whether the caller, or a group of theirs, is the owner.
	Principal string `json:"principal"`
	IsOwner   bool   `json:"is_owner"`
	// Privileges are the caller's own, by whatever way they come, sorted.
	Privileges []string `json:"privileges"`
	// Grants are those that the caller may know of: all of them for owners and administrators, else those that reach the caller.
	Grants []Grant `json:"grants"`
}

// Grant is a privilege of a principal.
type Grant struct {
	Principal string `json:"principal"`
	Privilege string `json:"privilege"`
	// InheritedFrom names what it was granted on, if that isn't the table itself; InheritedType is CATALOG or SCHEMA.
	InheritedFrom string `json:"inherited_from_name,omitempty"`
	InheritedType string `json:"inherited_from_type,omitempty"`
}

// everybody is the group that all users are in.
const everybody = "account users"

// Permissions returns who may do what with a table, as far as the caller may know. It is always read anew: a grant that was taken
// back is gone at once.
func (r *Reader) Permissions(ctx context.Context, catalog, schema, table string) (Permissions, error) {
	t, err := r.Table(ctx, catalog, schema, table)
	if err != nil {
		return Permissions{}, err
	}
	me, err := r.workspace.Me(ctx)
	if err != nil {
		return Permissions{}, err
	}
	grants, err := r.effective(ctx, catalog+"."+schema+"."+table, "")
	if fault.KindOf(err) == fault.Forbidden {
		// Who may not know of others' grants may still know of their own.
		grants, err = r.effective(ctx, catalog+"."+schema+"."+table, me.UserName)
	}
	if err != nil {
		return Permissions{}, err
	}
	mine := slices.Concat(me.Groups, []string{me.UserName, everybody})
	isMine := func(principal string) bool {
		return slices.ContainsFunc(mine, func(name string) bool { return strings.EqualFold(name, principal) })
	}
	p := Permissions{Owner: t.Owner, Principal: me.UserName, IsOwner: t.Owner != "" && isMine(t.Owner), Privileges: []string{}, Grants: grants}
	for _, g := range grants {
		if isMine(g.Principal) && !slices.Contains(p.Privileges, g.Privilege) {
			p.Privileges = append(p.Privileges, g.Privilege)
		}
	}
	slices.Sort(p.Privileges)
	return p, nil
}

// effective reads the grants on a table and on what it is in. principal bounds them to one; empty means all.
func (r *Reader) effective(ctx context.Context, fullName, principal string) ([]Grant, error) {
	var answer struct {
		Assignments []struct {
			Principal  string `json:"principal"`
			Privileges []struct {
				Privilege     string `json:"privilege"`
				InheritedFrom string `json:"inherited_from_name"`
				InheritedType string `json:"inherited_from_type"`
			} `json:"privileges"`
		} `json:"privilege_assignments"`
	}
	query := url.Values{}
	if principal != "" {
		query.Set("principal", principal)
	}
	path := root + "effective-permissions/table/" + url.PathEscape(fullName)
	if err := get(ctx, r.workspace, "unitycatalog.permissions", path, query, &answer); err != nil {
		return nil, err
	}
	grants := []Grant{}
	for _, a := range answer.Assignments {
		for _, p := range a.Privileges {
			grants = append(grants, Grant{a.Principal, strings.ReplaceAll(p.Privilege, "_", " "), p.InheritedFrom, p.InheritedType})
		}
	}
	return grants, nil
}

// missing is how Databricks tells what a caller lacks: User does not have USE SCHEMA on Schema 'main.samples'.
var missing = regexp.MustCompile(`User does not have ([A-Z][A-Z_ ]*[A-Z]) on ([A-Z][A-Za-z ]*) '([^']{1,800})'`)

// PlainDenial says of a refusal what privilege is missing, on what, and whom to ask. Other errors stay as they are.
func PlainDenial(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Forbidden {
		return err
	}
	found := missing.FindStringSubmatch(f.Message)
	if found == nil {
		return err
	}
	plain := *f
	plain.Message = "This needs " + strings.ReplaceAll(found[1], "_", " ") + " on the " + strings.ToLower(found[2]) + " " + found[3] +
		", which you don't have. Ask its owner or an administrator of the workspace to grant it to you."
	return &plain
}
