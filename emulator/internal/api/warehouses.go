package api

import (
	"net/http"

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

func (s *server) listWarehouses(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"warehouses": []warehouseInfo{s.describeWarehouse()}})
	return nil
}

func (s *server) getWarehouse(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkWarehouse(r); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, s.describeWarehouse())
	return nil
}

// startWarehouse starts the warehouse, which everybody may who may use it, and does not
// wait until it runs.
func (s *server) startWarehouse(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkWarehouse(r); err != nil {
		return err
	}
	s.Compute.Start()
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// stopWarehouse stops the warehouse, which takes CAN_MANAGE: administrators have it.
func (s *server) stopWarehouse(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkWarehouse(r); err != nil {
		return err
	}
	if !s.Metastore.Snapshot().IsAdmin(caller(r)) {
		return denied("User does not have CAN_MANAGE on the warehouse " + s.Warehouse.ID + ".")
	}
	s.Compute.Stop()
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// checkWarehouse checks that the path names the one warehouse.
func (s *server) checkWarehouse(r *http.Request) error {
	if id := r.PathValue("id"); id != s.Warehouse.ID {
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "The warehouse " + id + " was not found."}
	}
	return nil
}
