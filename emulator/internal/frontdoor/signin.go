package frontdoor

import (
	"fmt"
	"net/http"
)

// maxFormSize bounds the sign-in form, in bytes; it holds a user name and a path.
const maxFormSize = 2 * maxNextLength

// signInDesk lets people be one of the workspace's users. It asks for no
// password: the users are samples, and the workspace is on this machine.
type signInDesk struct {
	identities Identities
	sessions   *sessions
	refuse     func(w http.ResponseWriter, r *http.Request, why refusal, cause error)
}

func (k *signInDesk) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+signInPath, k.showSignIn)
	mux.HandleFunc("POST "+signInPath, k.signIn)
	mux.HandleFunc("GET "+signOutPath, k.showSignOut)
	mux.HandleFunc("POST "+signOutPath, k.signOut)
}

// signInPage is what the template sign-in.html shows.
type signInPage struct {
	Users   []User
	Current string // user name of who is signed in, or ""
	Next    string
}

func (k *signInDesk) showSignIn(w http.ResponseWriter, r *http.Request) {
	render(w, r, http.StatusOK, "sign-in.html", signInPage{
		Users:   k.identities.Users(),
		Current: k.current(r).UserName,
		Next:    localPath(r.URL.Query().Get("next")),
	})
}

func (k *signInDesk) signIn(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxFormSize)
	if err := r.ParseForm(); err != nil {
		k.refuse(w, r, refuseForm, err)
		return
	}
	user, ok := k.identities.User(r.PostForm.Get("user"))
	if !ok {
		k.refuse(w, r, refuseForm, fmt.Errorf("sign in as %q: no such user", r.PostForm.Get("user")))
		return
	}
	if err := k.sessions.start(w, r, user.UserName); err != nil {
		k.refuse(w, r, refuseIdentity, err)
		return
	}
	redirect(w, r, localPath(r.PostForm.Get("next")))
}

func (k *signInDesk) showSignOut(w http.ResponseWriter, r *http.Request) {
	render(w, r, http.StatusOK, "sign-out.html", k.current(r))
}

func (k *signInDesk) signOut(w http.ResponseWriter, r *http.Request) {
	k.sessions.end(w, r)
	redirect(w, r, signInPath)
}

// current returns who is signed in, or the zero User.
func (k *signInDesk) current(r *http.Request) User {
	name, ok := k.sessions.userName(r)
	if !ok {
		return User{}
	}
	user, _ := k.identities.User(name) // the zero User for one who is no more
	return user
}

// developerDesk has nothing to do: the developer is always signed in.
type developerDesk struct{}

func (k *developerDesk) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET "+signInPath, func(w http.ResponseWriter, r *http.Request) {
		redirect(w, r, localPath(r.URL.Query().Get("next")))
	})
	mux.HandleFunc("GET "+signOutPath, func(w http.ResponseWriter, r *http.Request) {
		render(w, r, http.StatusOK, "developer.html", nil)
	})
}
