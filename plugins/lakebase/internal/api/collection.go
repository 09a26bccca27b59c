package api

import (
	"context"
	"net/http"

	"corbel.example/plugins/lakebase/internal/store"
	"corbel.example/sdk/fault"
	"corbel.example/sdk/rest"
)

// items are what users keep, each under an id and with a version. The version is the ETag.
type items[Text any, Item interface {
	Key() (id string, version int64)
}] interface {
	List(ctx context.Context, user string, limit int, token string) (store.Page[Item], error)
	Get(ctx context.Context, user, id string) (Item, error)
	Create(ctx context.Context, user string, text Text) (Item, error)
	Update(ctx context.Context, user, id string, text Text, version int64) (Item, error)
	Delete(ctx context.Context, user, id string, version int64) error
}

// collection answers the five routes of such items.
type collection[Text any, Item interface {
	Key() (id string, version int64)
}] struct {
	// path is where the collection is below Root, list the name of the list in its answer.
	path, list string
	items      items[Text, Item]
	check      func(Text) error
}

func (c collection[Text, Item]) routes() []route {
	return []route{
		{http.MethodGet, c.path, 0, c.listItems},
		{http.MethodPost, c.path, maxBody, c.create},
		{http.MethodGet, c.path + "/{id}", 0, c.get},
		{http.MethodPut, c.path + "/{id}", maxBody, c.update},
		{http.MethodDelete, c.path + "/{id}", 0, c.remove},
	}
}

func (c collection[Text, Item]) listItems(w http.ResponseWriter, r *http.Request) error {
	limit, token, err := listing(r)
	if err != nil {
		return err
	}
	found, err := c.items.List(r.Context(), userOf(r.Context()), limit, token)
	if err != nil {
		return err
	}
	return page(w, c.list, found)
}

func (c collection[Text, Item]) create(w http.ResponseWriter, r *http.Request) error {
	text, err := c.read(w, r)
	if err != nil {
		return err
	}
	created, err := c.items.Create(r.Context(), userOf(r.Context()), text)
	if err != nil {
		return err
	}
	id, version := created.Key()
	w.Header().Set("Location", Root+c.path+"/"+id)
	return answer(w, r, http.StatusCreated, version, created)
}

func (c collection[Text, Item]) get(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	found, err := c.items.Get(r.Context(), userOf(r.Context()), id)
	if err != nil {
		return err
	}
	_, version := found.Key()
	return answer(w, r, http.StatusOK, version, found)
}

func (c collection[Text, Item]) update(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	version, err := expected(r)
	if err != nil {
		return err
	}
	text, err := c.read(w, r)
	if err != nil {
		return err
	}
	updated, err := c.items.Update(r.Context(), userOf(r.Context()), id, text, version)
	if err != nil {
		return err
	}
	_, version = updated.Key()
	return answer(w, r, http.StatusOK, version, updated)
}

func (c collection[Text, Item]) remove(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	version, err := expected(r)
	if err != nil {
		return err
	}
	if err := c.items.Delete(r.Context(), userOf(r.Context()), id, version); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (c collection[Text, Item]) read(w http.ResponseWriter, r *http.Request) (text Text, err error) {
	if err = rest.Decode(w, r, maxBody, &text); err == nil {
		err = c.check(text)
	}
	return text, err
}

// idOf reads {id}. What cannot be an id is not found.
func idOf(r *http.Request) (string, error) {
	text := r.PathValue("id")
	if !store.IsID(text) {
		return "", fault.New(fault.NotFound, "")
	}
	return text, nil
}
