package metastore

import (
	"fmt"
	"slices"
	"strings"
)

// Privilege is a privilege by its REST name: "USE_CATALOG".
type Privilege string

// The privileges that the workspace knows.
const (
	AllPrivileges  Privilege = "ALL_PRIVILEGES"
	ApplyTag       Privilege = "APPLY_TAG"
	Browse         Privilege = "BROWSE"
	CreateCatalog  Privilege = "CREATE_CATALOG"
	CreateFunction Privilege = "CREATE_FUNCTION"
	CreateSchema   Privilege = "CREATE_SCHEMA"
	CreateTable    Privilege = "CREATE_TABLE"
	CreateVolume   Privilege = "CREATE_VOLUME"
	Execute        Privilege = "EXECUTE"
	Manage         Privilege = "MANAGE"
	Modify         Privilege = "MODIFY"
	ReadVolume     Privilege = "READ_VOLUME"
	Select         Privilege = "SELECT"
	UseCatalog     Privilege = "USE_CATALOG"
	UseSchema      Privilege = "USE_SCHEMA"
	WriteVolume    Privilege = "WRITE_VOLUME"
)

// grantable lists, for every kind of securable, what can be granted on it. What can be
// granted on a table can be granted on its parents too, and is inherited from there.
var grantable = map[SecurableKind][]Privilege{
	KindMetastore: {CreateCatalog},
	KindCatalog:   {AllPrivileges, ApplyTag, Browse, CreateFunction, CreateSchema, CreateTable, CreateVolume, Execute, Manage, Modify, ReadVolume, Select, UseCatalog, UseSchema, WriteVolume},
	KindSchema:    {AllPrivileges, ApplyTag, CreateFunction, CreateTable, CreateVolume, Execute, Manage, Modify, ReadVolume, Select, UseSchema, WriteVolume},
	KindTable:     {AllPrivileges, ApplyTag, Manage, Modify, Select},
	KindFunction:  {AllPrivileges, Execute, Manage},
	KindVolume:    {AllPrivileges, Manage, ReadVolume, WriteVolume},
}

// SQL is the privilege as SQL writes it: "USE CATALOG".
func (p Privilege) SQL() string { return strings.ReplaceAll(string(p), "_", " ") }

// ParsePrivilege reads a privilege, in SQL's or REST's writing, and checks that it can
// be granted on securables of that kind.
func ParsePrivilege(text string, on SecurableKind) (Privilege, error) {
	p := Privilege(strings.ToUpper(strings.Join(strings.Fields(strings.ReplaceAll(text, "_", " ")), "_")))
	if !slices.Contains(grantable[on], p) {
		return "", fmt.Errorf("privilege %s is not applicable to this entity: on a %s it is one of %s",
			p.SQL(), strings.ToLower(string(on)), joinSQL(grantable[on]))
	}
	return p, nil
}

func joinSQL(ps []Privilege) string {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = p.SQL()
	}
	return strings.Join(names, ", ")
}

// covers reports whether holding p means holding want. ALL PRIVILEGES is everything
// but MANAGE, as in Unity Catalog.
func (p Privilege) covers(want Privilege) bool {
	return p == want || p == AllPrivileges && want != Manage
}
