package principal

import (
	"slices"
	"strconv"
	"strings"
)

// sampleUsers are the people of the workspace. Between them they show what
// an administrator, somebody with partial grants and somebody with none sees.
func sampleUsers() []Principal {
	user := func(id, name, display string, groups ...string) Principal {
		groups = append(groups, AllUsers)
		slices.Sort(groups)
		return Principal{ID: id, UserName: name, Email: name, DisplayName: display, Groups: groups}
	}
	return []Principal{
		user("6000000000000001", "ana@example.com", "Ana Admin", Admins),
		user("6000000000000002", "ben@example.com", "Ben Analyst", "analysts"),
		user("6000000000000003", "cleo@example.com", "Cleo Newcomer"),
	}
}

// Deployer is the name of the sample service principal that deploys apps, as an administrator:
// parts of the platform are for OAuth alone, and not for personal tokens.
const Deployer = "deployer"

// firstServicePrincipalID is the SCIM id of the first service principal but the app's own.
const firstServicePrincipalID = 7000000000000002

// firstGroupID is the SCIM id of the first group; the others follow it.
const firstGroupID = 8000000000000001

// groupsOf turns memberships round: it lists the groups that members belong to.
func groupsOf(members []Principal) []Group {
	byName := map[string]*Group{}
	var names []string
	for _, m := range members {
		for _, name := range m.Groups {
			g, ok := byName[name]
			if !ok {
				g = &Group{DisplayName: name}
				byName[name] = g
				names = append(names, name)
			}
			g.Members = append(g.Members, m.UserName)
		}
	}
	slices.SortFunc(names, strings.Compare)
	groups := make([]Group, len(names))
	for i, name := range names {
		g := byName[name]
		g.ID = strconv.Itoa(firstGroupID + i)
		slices.Sort(g.Members)
		groups[i] = *g
	}
	return groups
}
