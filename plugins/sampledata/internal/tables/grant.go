package tables

import (
	"cmp"
	"context"
	"regexp"
	"strings"

	"corbel.example/plugins/sampledata/internal/dataset"
	"corbel.example/plugins/sampledata/internal/run"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/identity"
)

// privilege is what a statement needs.
type privilege struct {
	name, kind string
	on         []string
}

// grant is the statement that gives it to a user.
func (p privilege) grant(user string) string {
	return "GRANT " + p.name + " ON " + p.kind + " " + dataset.Quote(p.on...) + " TO " + dataset.Quote(user) + ";"
}

// lacking is how Databricks names what is missing: User does not have USE SCHEMA on Schema 'main.samples'.
var lacking = regexp.MustCompile(`does not have ([A-Z]+(?:[ _][A-Z]+)*) on (Catalog|Schema|Table) '([^']+)'`)

// refused says which privileges are missing, and how they are granted: those that Databricks names, or else all that are needed.
func (t *Target) refused(ctx context.Context, err error, need []privilege) error {
	f := fault.From(err)
	missing := named(f.UserMessage())
	if len(missing) == 0 {
		missing = need
	}
	var names []string
	for _, p := range missing {
		names = append(names, p.name+" on "+strings.Join(p.on, "."))
	}
	message := "You lack " + strings.Join(names, ", ") + "." + ask
	return granting(ctx, missing, fault.Wrap(fault.Forbidden, err, message).WithCode("PRIVILEGE_MISSING").WithOrigin(f.Origin))
}

// hidden is about a table that is there and that the user may not see: most likely it is the sample, made by somebody else.
func (t *Target) hidden(ctx context.Context, name string) error {
	need := []privilege{{"SELECT", "TABLE", []string{t.Place.Catalog, t.Place.Schema, name}}}
	message := "There is a table " + t.Place.Name(name) + " already, which you may not see. It may be the sample that somebody else has made." + ask
	return granting(ctx, need, fault.New(fault.Forbidden, message).WithCode("TABLE_HIDDEN"))
}

// ask stands before the statements that give privileges.
const ask = " Ask the owner, or an administrator, to run: "

// granting adds the statements that give the user what is missing to a fault whose message ends with ask.
func granting(ctx context.Context, missing []privilege, f *fault.Error) error {
	id, _ := identity.FromContext(ctx)
	user := cmp.Or(id.User.Email, id.User.Name)
	var grants []string
	for _, p := range missing {
		grants = append(grants, p.grant(user))
	}
	f.Message += strings.Join(grants, " ")
	return &run.Granting{Grants: grants, Fault: f}
}

func named(message string) []privilege {
	var all []privilege
	for _, found := range lacking.FindAllStringSubmatch(message, -1) {
		all = append(all, privilege{strings.ReplaceAll(found[1], "_", " "), strings.ToUpper(found[2]), strings.Split(strings.ReplaceAll(found[3], "`", ""), ".")})
	}
	return all
}
