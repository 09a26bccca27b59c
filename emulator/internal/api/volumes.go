package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"corbel.example/emulator/internal/metastore"
)

type volumeInfo struct {
	Name          string `json:"name"`
	CatalogName   string `json:"catalog_name"`
	SchemaName    string `json:"schema_name"`
	FullName      string `json:"full_name"`
	VolumeID      string `json:"volume_id"`
	VolumeType    string `json:"volume_type"`
	SecurableType string `json:"securable_type"`
	audited
}

func describeVolume(s *metastore.Snapshot, v *metastore.Volume) volumeInfo {
	return volumeInfo{
		Name: v.Name, CatalogName: v.Catalog, SchemaName: v.Schema, FullName: v.FullName().String(), VolumeID: v.ID,
		VolumeType: "MANAGED", SecurableType: "VOLUME", audited: audit(s, v.Details),
	}
}

func (s *server) listVolumes(w http.ResponseWriter, r *http.Request) error {
	snapshot, in, err := s.listed(r)
	if err != nil {
		return err
	}
	var seen []*metastore.Volume
	for _, v := range snapshot.Volumes(in) {
		if snapshot.Visible(caller(r), v.FullName()) {
			seen = append(seen, v)
		}
	}
	cut, next, err := page(r.URL.Query(), seen, func(v *metastore.Volume) string { return v.Name })
	if err != nil {
		return err
	}
	body := struct {
		Volumes []volumeInfo `json:"volumes,omitempty"`
		Next    string       `json:"next_page_token,omitempty"`
	}{Next: next}
	for _, v := range cut {
		body.Volumes = append(body.Volumes, describeVolume(snapshot, v))
	}
	writeJSON(w, http.StatusOK, body)
	return nil
}

func (s *server) getVolume(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindVolume)
	if err != nil {
		return err
	}
	if err := visible(s.Metastore.Snapshot(), caller(r), n); err != nil {
		return err
	}
	return s.writeVolume(w, n)
}

func (s *server) writeVolume(w http.ResponseWriter, n metastore.Name) error {
	snapshot := s.Metastore.Snapshot()
	v, ok := snapshot.Volume(n)
	if !ok { // somebody dropped it meanwhile
		return notFound(n)
	}
	writeJSON(w, http.StatusOK, describeVolume(snapshot, v))
	return nil
}

func (s *server) createVolume(w http.ResponseWriter, r *http.Request) error {
	var c struct {
		Name            string `json:"name"`
		CatalogName     string `json:"catalog_name"`
		SchemaName      string `json:"schema_name"`
		VolumeType      string `json:"volume_type"`
		StorageLocation string `json:"storage_location"`
		Comment         string `json:"comment"`
	}
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return malformed(err)
	}
	switch {
	case c.Name == "" || c.CatalogName == "" || c.SchemaName == "" || c.VolumeType == "":
		return invalid("Missing required field: name, catalog_name, schema_name and volume_type")
	case c.VolumeType == "EXTERNAL" || c.VolumeType == "MANAGED" && c.StorageLocation != "":
		return unserved("volume_type %q: this workspace creates MANAGED volumes only, and keeps all data in its own folder.", c.VolumeType)
	case c.VolumeType != "MANAGED":
		return invalid("volume_type must be MANAGED or EXTERNAL, not %q.", c.VolumeType)
	}
	n := metastore.Name{Catalog: strings.ToLower(c.CatalogName), Schema: strings.ToLower(c.SchemaName), Volume: strings.ToLower(c.Name)}
	who := caller(r)
	err := s.Metastore.Update(func(tx *metastore.Tx) error {
		if err := within(tx.Snapshot, who, n.Parent()); err != nil {
			return err
		}
		if err := tx.Check(who, metastore.CreateVolume, n.Parent()); err != nil {
			return err
		}
		return tx.CreateVolume(n, who.UserName, c.Comment)
	})
	if err != nil {
		return fromMetastore(n, err)
	}
	return s.writeVolume(w, n)
}

func (s *server) updateVolume(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindVolume)
	if err != nil {
		return err
	}
	var c change
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		return malformed(err)
	}
	to := n
	if c.NewName != "" {
		to = n.Renamed(strings.ToLower(c.NewName))
	}
	err = s.changeVolume(r, n, func(tx *metastore.Tx) error {
		if to != n {
			switch err := tx.Rename(n, to, caller(r).UserName); {
			case errors.Is(err, metastore.ErrExists):
				return alreadyExists(to)
			case err != nil:
				return err
			}
		}
		return tx.Change(to, caller(r).UserName, func(d *metastore.Details) error {
			if c.Comment != nil {
				d.Comment = *c.Comment
			}
			if c.Owner != nil {
				owner, ok := s.Directory.Known(*c.Owner)
				if !ok {
					return unknownPrincipal(*c.Owner)
				}
				d.Owner = owner
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return s.writeVolume(w, to)
}

func (s *server) deleteVolume(w http.ResponseWriter, r *http.Request) error {
	n, err := securable(r.PathValue("name"), metastore.KindVolume)
	if err != nil {
		return err
	}
	if err := s.changeVolume(r, n, func(tx *metastore.Tx) error { return tx.Drop(n, false) }); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// changeVolume makes a change that takes managing the volume.
func (s *server) changeVolume(r *http.Request, n metastore.Name, change func(*metastore.Tx) error) error {
	err := s.Metastore.Update(func(tx *metastore.Tx) error {
		if err := visible(tx.Snapshot, caller(r), n); err != nil {
			return err
		}
		if err := tx.CheckManage(caller(r), n); err != nil {
			return err
		}
		return change(tx)
	})
	return fromMetastore(n, err)
}
