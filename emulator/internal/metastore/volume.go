package metastore

import "time"

// Volume is a folder of files in a schema. The workspace keeps what is said about it, and no
// files.
type Volume struct {
	Catalog string `json:"catalog"`
	Schema  string `json:"schema"`
	Name    string `json:"name"`
	Details
}

// FullName names the volume.
func (v *Volume) FullName() Name { return Name{Catalog: v.Catalog, Schema: v.Schema, Volume: v.Name} }

func (v *Volume) clone() *Volume {
	c := *v
	c.Details = v.Details.clone()
	return &c
}

// Volume finds a volume. The result must not be changed.
func (s *Snapshot) Volume(n Name) (*Volume, bool) { v, ok := s.volumes[n]; return v, ok }

// Volumes lists the volumes of a schema by name.
func (s *Snapshot) Volumes(of Name) []*Volume {
	return sorted(s.volumes, func(n Name) bool { return n.Parent() == of })
}

// CreateVolume adds a managed volume owned by owner.
func (tx *Tx) CreateVolume(n Name, owner, comment string) error {
	if err := tx.admit(n, n.Volume); err != nil {
		return err
	}
	tx.volumes[n] = &Volume{Catalog: n.Catalog, Schema: n.Schema, Name: n.Volume, Details: newDetails(owner, comment, nil, time.Now().UTC())}
	return nil
}
