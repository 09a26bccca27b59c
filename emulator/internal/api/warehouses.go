package api

import "net/http"

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

// describeWarehouse describes the one warehouse. It runs as long as the workspace does.
func (s *server) describeWarehouse() warehouseInfo {
	return warehouseInfo{
		ID: s.Warehouse.ID, Name: s.Warehouse.Name, State: "RUNNING", ClusterSize: "2X-Small", WarehouseType: "PRO",
		EnableServerlessCompute: true, MinNumClusters: 1, MaxNumClusters: 1, NumClusters: 1,
		CreatorName: s.Directory.Users()[0].UserName, Health: map[string]string{"status": "HEALTHY"},
	}
}

func (s *server) listWarehouses(w http.ResponseWriter, _ *http.Request) error {
	writeJSON(w, http.StatusOK, map[string]any{"warehouses": []warehouseInfo{s.describeWarehouse()}})
	return nil
}

func (s *server) getWarehouse(w http.ResponseWriter, r *http.Request) error {
	if r.PathValue("id") != s.Warehouse.ID {
		return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "The warehouse " + r.PathValue("id") + " was not found."}
	}
	writeJSON(w, http.StatusOK, s.describeWarehouse())
	return nil
}
