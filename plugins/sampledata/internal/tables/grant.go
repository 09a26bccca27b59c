package tables

import (
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
	id, _ := identity.FromContext(ctx)
	user := id.User.Email
	if user == "" {
		user = id.User.Name
	}
	var grants, names []string
	for _, p := range missing {
		grants = append(grants, p.grant(user))
		names = append(names, p.name+" on "+strings.Join(p.on, "."))
	}
	message := "You lack " + strings.Join(names, ", ") + ". Ask the owner, or an administrator, to run: " + strings.Join(grants, " ")
	return &run.Granting{Grants: grants, Fault: fault.Wrap(fault.Forbidden, err, message).WithCode("PRIVILEGE_MISSING").WithOrigin(f.Origin)}
}

func named(message string) []privilege {
	var all []privilege
	for _, found := range lacking.FindAllStringSubmatch(message, -1) {
		all = append(all, privilege{strings.ReplaceAll(found[1], "_", " "), strings.ToUpper(found[2]), strings.Split(strings.ReplaceAll(found[3], "`", ""), ".")})
	}
	return all
}
