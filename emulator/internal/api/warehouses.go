package api

import (
	"net/http"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/compute"
)

type warehouseInfo struct {
	ID                      string            `json:"id"`
	Name                    string            `json:"name"`
	State                   string            `json:"state"`
	ClusterSize             string            `json:"cluster_size"`
	WarehouseType           string            `json:"warehouse_type"`
	EnableServerlessCompute bool              `json:"enable_serverless_compute"`
	MinNumClusters          int               `json:"min_num_clusters"`
	MaxNumClusters          int               `json:"max_num_clusters"`
	NumClusters             int               `json:"num_clusters"`
	AutoStopMins            int               `json:"auto_stop_mins"`
	CreatorName             string            `json:"creator_name"`
	Health                  map[string]string `json:"health"`
}

// describeWarehouse describes the one warehouse.
func (s *server) describeWarehouse() warehouseInfo {
	state := s.Compute.State()
	info := warehouseInfo{
		ID: s.Warehouse.ID, Name: s.Warehouse.Name, State: string(state), ClusterSize: "2X-Small", WarehouseType: "PRO",
		EnableServerlessCompute: true, MinNumClusters: 1, MaxNumClusters: 1,
		CreatorName: s.Directory.Users()[0].UserName, Health: map[string]string{},
	}
	if state == compute.Running {
		info.NumClusters, info.Health["status"] = 1, "HEALTHY"
	}
	return info
}

func (s *server) warehouseObject() acl.Object {
	return acl.Object{Kind: acl.Warehouse, ID: s.Warehouse.ID}
}

// needWarehouse asks for a permission on the warehouse.
func (s *server) needWarehouse(r *http.Request, need acl.Level) error {
	if s.Permissions.Allows(caller(r), need, s.warehouseObject()) {
		return nil
	}
	return denied(caller(r).UserName + " does not have " + string(need) + " on the warehouse " + s.Warehouse.ID + ".")
}

func (s *server) listWarehouses(w http.ResponseWriter, r *http.Request) error {
	list := []warehouseInfo{}
	if s.needWarehouse(r, acl.Warehouse.Levels[0]) == nil {
		list = append(list, s.describeWarehouse())
	}
	writeJSON(w, http.StatusOK, map[string]any{"warehouses": list})
	return nil
}

func (s *server) getWarehouse(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkWarehouse(r, acl.Warehouse.Levels[0]); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.describeWarehouse())
	return nil
}

// startWarehouse starts the warehouse, which everybody may who may use it, and does not
// wait until it runs.
func (s *server) startWarehouse(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkWarehouse(r, acl.CanUse); err != nil {
		return err
	}
	s.Compute.Start()
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// stopWarehouse stops the warehouse, which takes CAN_MANAGE: administrators have it.
func (s *server) stopWarehouse(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkWarehouse(r, acl.CanManage); err != nil {
		return err
	}
	s.Compute.Stop()
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// checkWarehouse checks that the path names the one warehouse, and that the caller has the
// permission on it.
func (s *server) checkWarehouse(r *http.Request, need acl.Level) error {
	if id := r.PathValue("id"); id != s.Warehouse.ID {
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "The warehouse " + id + " was not found."}
	}
	return s.needWarehouse(r, need)
}
