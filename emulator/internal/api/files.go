package api

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"corbel.example/emulator/internal/acl"
	"corbel.example/emulator/internal/files"
)

// Files and folders of the workspace: https://docs.databricks.com/api/workspace/workspace

const (
	workspacePath      = "/api/2.0/workspace"
	workspaceFilesPath = "/api/2.0/workspace-files"
	importFilePath     = workspaceFilesPath + "/import-file"

	// maxImport bounds what the older of the two APIs for uploads takes, in bytes.
	maxImport = 10 << 20
	// maxFormField bounds the other fields of a form.
	maxFormField = 8 << 10
)

var scopeWorkspace = []string{"workspace.workspace", "workspace"}

func (s *server) routeFiles(api func(string, []string, handler)) {
	api("GET "+workspacePath+"/get-status", scopeWorkspace, s.getObject)
	api("GET "+workspacePath+"/list", scopeWorkspace, s.listObjects)
	api("POST "+workspacePath+"/mkdirs", scopeWorkspace, s.mkdirs)
	api("POST "+workspacePath+"/delete", scopeWorkspace, s.deleteObject)
	api("GET "+workspacePath+"/export", scopeWorkspace, s.exportFile)
	api("POST "+workspacePath+"/import", scopeWorkspace, s.importContent)
	api("POST "+importFilePath+"/{path...}", scopeWorkspace, s.importFile)
	api("GET "+workspaceFilesPath+"/{path...}", scopeWorkspace, s.downloadFile)
}

// objectInfo is a file or a folder; times are in milliseconds since 1970.
type objectInfo struct {
	ObjectType string `json:"object_type"`
	Path       string `json:"path"`
	ObjectID   int64  `json:"object_id"`
	ResourceID string `json:"resource_id"`
	Size       *int64 `json:"size,omitempty"`
	CreatedAt  int64  `json:"created_at"`
	ModifiedAt int64  `json:"modified_at"`
}

func infoOf(o files.Object) objectInfo {
	info := objectInfo{"DIRECTORY", o.Path, o.ID, strconv.FormatInt(o.ID, 10), nil, o.Created.UnixMilli(), o.Modified.UnixMilli()}
	if !o.Directory {
		info.ObjectType, info.Size = "FILE", &o.Size
	}
	return info
}

// aclObject is a file or folder as permissions know it.
func aclObject(o files.Object) acl.Object {
	kind := acl.File
	if o.Directory {
		kind = acl.Directory
	}
	return acl.Object{Kind: kind, ID: strconv.FormatInt(o.ID, 10)}
}

// mayDo reports whether the caller has a permission on a path: on what is there, or on a
// folder above. Everybody may see the folders that everybody's things are in.
func (s *server) mayDo(r *http.Request, need acl.Level, name string) bool {
	if need == acl.CanRead && (name == files.Root || name == files.Users || name == files.Shared) {
		return true
	}
	var chain []acl.Object
	for _, p := range append([]string{name}, files.Ancestors(name)...) {
		if o, ok := s.Files.Find(p); ok {
			chain = append(chain, aclObject(o))
		}
	}
	return s.Permissions.Allows(caller(r), need, chain...)
}

// cleanPath is the path in its one form, if the caller has the permission on it.
func (s *server) cleanPath(r *http.Request, given string, need acl.Level) (string, error) {
	name, err := files.Clean(given)
	if err != nil {
		return "", invalid("%s", err)
	}
	if !s.mayDo(r, acl.CanRead, name) {
		return "", noObject(name)
	}
	if !s.mayDo(r, need, name) {
		return "", denied("User does not have " + string(need) + " on " + name + ".")
	}
	return name, nil
}

func noObject(name string) *Error {
	return &Error{http.StatusNotFound, "RESOURCE_DOES_NOT_EXIST", "Path (" + name + ") doesn't exist."}
}

// object is what is there at a path that the caller may read.
func (s *server) object(r *http.Request, given string) (files.Object, error) {
	name, err := s.cleanPath(r, given, acl.CanRead)
	if err != nil {
		return files.Object{}, err
	}
	o, ok := s.Files.Find(name)
	if !ok {
		return files.Object{}, noObject(name)
	}
	return o, nil
}

// fromFiles turns the errors of package files into answers.
func fromFiles(name string, err error) error {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, files.ErrNotFound):
		return noObject(name)
	case errors.Is(err, files.ErrNoParent):
		return &Error{http.StatusNotFound, "NOT_FOUND", "The parent folder of " + name + " does not exist."}
	case errors.Is(err, files.ErrExists):
		return &Error{http.StatusConflict, "ALREADY_EXISTS", "Node with name " + name + " already exists. Please pass overwrite=true to update it."}
	case errors.Is(err, files.ErrIsFile), errors.Is(err, files.ErrIsDirectory):
		return &Error{http.StatusBadRequest, "RESOURCE_ALREADY_EXISTS", "Path (" + name + "): a node of another kind exists already."}
	case errors.Is(err, files.ErrNotEmpty):
		return &Error{http.StatusBadRequest, "DIRECTORY_NOT_EMPTY", "Folder (" + name + ") is not empty."}
	case errors.Is(err, files.ErrProtected):
		return denied("Path (" + name + ") is protected.")
	case errors.Is(err, files.ErrTooMany):
		return &Error{http.StatusTooManyRequests, "RESOURCE_LIMIT_EXCEEDED", err.Error()}
	case errors.Is(err, files.ErrTooLarge), errors.As(err, &tooLarge):
		return &Error{http.StatusRequestEntityTooLarge, "MAX_REQUEST_SIZE_EXCEEDED", fmt.Sprintf("The file is larger than %d bytes.", files.MaxSize)}
	}
	return err
}

func (s *server) getObject(w http.ResponseWriter, r *http.Request) error {
	o, err := s.object(r, r.URL.Query().Get("path"))
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, infoOf(o))
	return nil
}

func (s *server) listObjects(w http.ResponseWriter, r *http.Request) error {
	o, err := s.object(r, r.URL.Query().Get("path"))
	if err != nil {
		return err
	}
	found := []files.Object{o}
	if o.Directory {
		found = s.Files.List(o.Path)
	}
	list := []objectInfo{}
	for _, o := range found {
		if s.mayDo(r, acl.CanRead, o.Path) {
			list = append(list, infoOf(o))
		}
	}
	writeJSON(w, http.StatusOK, map[string]any{"objects": list})
	return nil
}

func (s *server) mkdirs(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Path string `json:"path"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	name, err := files.Clean(body.Path)
	if err != nil {
		return invalid("%s", err)
	}
	if o, ok := s.Files.Find(name); !ok || !o.Directory || !s.mayDo(r, acl.CanRead, name) {
		if name, err = s.cleanPath(r, body.Path, acl.CanEdit); err != nil {
			return err
		}
		if _, err := s.Files.Mkdirs(name); err != nil {
			return fromFiles(name, err)
		}
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

func (s *server) deleteObject(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Path      string `json:"path"`
		Recursive bool   `json:"recursive"`
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	name, err := s.cleanPath(r, body.Path, acl.CanEdit)
	if err != nil {
		return err
	}
	gone, err := s.Files.Delete(name, body.Recursive)
	if err != nil {
		return fromFiles(name, err)
	}
	objects := make([]acl.Object, len(gone))
	for i, o := range gone {
		objects[i] = aclObject(o)
	}
	if err := s.Permissions.Forget(objects...); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

// open opens a file at a path that the caller may read.
func (s *server) open(r *http.Request, given string) (io.ReadCloser, files.Object, error) {
	o, err := s.object(r, given)
	if err != nil {
		return nil, o, err
	}
	if o.Directory {
		return nil, o, &Error{http.StatusBadRequest, "BAD_REQUEST", "Path (" + o.Path + ") is a folder: only files are exported."}
	}
	content, err := s.Files.Read(o.Digest)
	return content, o, err
}

// stream answers with what is in a file.
func stream(w http.ResponseWriter, content io.ReadCloser, o files.Object) error {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Length", strconv.FormatInt(o.Size, 10))
	w.WriteHeader(http.StatusOK)
	// A client that leaves can't be told what went wrong.
	_, _ = io.Copy(w, content)
	return content.Close()
}

func (s *server) exportFile(w http.ResponseWriter, r *http.Request) error {
	content, o, err := s.open(r, r.URL.Query().Get("path"))
	if err != nil {
		return err
	}
	if r.URL.Query().Get("direct_download") == "true" {
		return stream(w, content, o)
	}
	if o.Size > maxImport {
		return errors.Join(&Error{http.StatusBadRequest, "MAX_NOTEBOOK_SIZE_EXCEEDED", "The file is too large for this answer: use direct_download=true."}, content.Close())
	}
	data, err := io.ReadAll(content)
	if err := errors.Join(err, content.Close()); err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]string{"content": base64.StdEncoding.EncodeToString(data), "file_type": "auto"})
	return nil
}

func (s *server) downloadFile(w http.ResponseWriter, r *http.Request) error {
	content, o, err := s.open(r, "/"+r.PathValue("path"))
	if err != nil {
		return err
	}
	return stream(w, content, o)
}

func (s *server) importFile(w http.ResponseWriter, r *http.Request) error {
	_, err := s.upload(r, "/"+r.PathValue("path"), r.Body, r.URL.Query().Get("overwrite") == "true")
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, struct{}{})
	return nil
}

func (s *server) upload(r *http.Request, given string, content io.Reader, overwrite bool) (files.Object, error) {
	name, err := s.cleanPath(r, given, acl.CanEdit)
	if err != nil {
		return files.Object{}, err
	}
	o, err := s.Files.Write(name, content, overwrite)
	return o, fromFiles(name, err)
}

// importContent serves the older API: as JSON with the content in Base64, or as a form.
func (s *server) importContent(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Path      string `json:"path"`
		Content   []byte `json:"content"`
		Format    string `json:"format"`
		Overwrite bool   `json:"overwrite"`
	}
	contentType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if contentType == "multipart/form-data" {
		form, err := readForm(r)
		if err != nil {
			return err
		}
		body.Path, body.Format, body.Content = string(form["path"]), string(form["format"]), form["content"]
		body.Overwrite = string(form["overwrite"]) == "true"
	} else if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return malformed(err)
	}
	switch strings.ToUpper(body.Format) {
	case "", "AUTO", "RAW", "SOURCE":
	default:
		return unserved("The format %s is not served: AUTO, RAW and SOURCE make files.", body.Format)
	}
	if len(body.Content) > maxImport {
		return &Error{http.StatusBadRequest, "MAX_NOTEBOOK_SIZE_EXCEEDED", fmt.Sprintf("The content has more than %d bytes: import-file takes it.", maxImport)}
	}
	o, err := s.upload(r, body.Path, strings.NewReader(string(body.Content)), body.Overwrite)
	if err != nil {
		return err
	}
	writeJSON(w, http.StatusOK, map[string]int64{"object_id": o.ID})
	return nil
}

func readForm(r *http.Request) (map[string][]byte, error) {
	reader, err := r.MultipartReader()
	if err != nil {
		return nil, malformed(err)
	}
	form := map[string][]byte{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return form, nil
		}
		if err != nil {
			return nil, malformed(err)
		}
		limit := int64(maxFormField)
		if part.FormName() == "content" {
			limit = maxImport + 1
		}
		if form[part.FormName()], err = io.ReadAll(io.LimitReader(part, limit)); err != nil {
			return nil, malformed(err)
		}
	}
}
