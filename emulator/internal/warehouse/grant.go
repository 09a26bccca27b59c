package warehouse

import (
	"strings"

	"corbel.example/emulator/internal/dialect"
	"corbel.example/emulator/internal/metastore"
)

func (x *run) grant(s dialect.Grant) error {
	n, err := x.object(s.Kind, s.Name)
	if err != nil {
		return err
	}
	if err := x.requireManage(n); err != nil {
		return err
	}
	who, ok := x.principals.Known(s.Principal)
	if !ok {
		return dialect.PrincipalNotFound(s.Principal)
	}
	change := metastore.Change{Principal: who}
	for _, text := range s.Privileges {
		p, err := metastore.ParsePrivilege(text, n.Kind())
		if err != nil {
			return dialect.InvalidParameterValue(strings.ToUpper(err.Error()[:1]) + err.Error()[1:])
		}
		if s.Revoke {
			change.Remove = append(change.Remove, p)
		} else {
			change.Add = append(change.Add, p)
		}
	}
	err = x.store.Update(func(tx *metastore.Tx) error {
		if err := tx.CheckManage(x.caller, n); err != nil { // n may have been made anew
			return err
		}
		return tx.ChangeGrants(n, change)
	})
	if err != nil {
		return err
	}
	return x.done()
}
