package web_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"samverkan/internal/access"
	"samverkan/internal/web"
)

// built are the actions that code puts together of parts, or gets handed, by the expression that it
// gives to Log.
var built = map[string][]string{
	`"give " + string(g.Role)`:      roles("give "),
	`"take back " + string(e.Role)`: roles("take back "),
	`"send " + purpose + " link"`:   {"send activation link", "send reset link"},
	`c.Outcome + " action"`:         {"done action", "dropped action", "replaced action"},
	`"found " + f.kind()`:           {"found forum", "found occasion"},
	`"change " + f.kind()`:          {"change forum", "change occasion"},
	`"add " + kind`:                 {"add work-group", "add workplace"},
	`act`:                           {"add workplace", "change workplace", "end workplace", "reopen workplace"}, // of partner
	`"set " + column`:               {"set lead_id", "set manager_id"},
	`action`: {"reschedule meeting", "cancel meeting", "reinstate meeting", "delete meeting", "restore meeting", // meeting.changed
		"register dates", "leave dates", // poll.Settled
		"attach file", "lay old notes", "show attachment", "hide attachment", "take up agenda item", "decline agenda item"}, // of minutes
}

func roles(verb string) (all []string) {
	for _, r := range access.Roles {
		all = append(all, verb+string(r))
	}
	return all
}

// Every action and every kind of object that the program logs has words on the page.
func TestWhatIsLoggedHasWords(t *testing.T) {
	found := map[string]bool{}
	for _, call := range logCalls(t) {
		what, kind := call[0], call[1]
		actions, known := built[what]
		if text, err := strconv.Unquote(what); err == nil {
			actions, known = []string{text}, true
		}
		if !known {
			t.Errorf("this test does not know which actions %s are", what)
		}
		for _, action := range actions {
			found[action] = true
			if web.ActionWords(action).Key == "%s" {
				t.Errorf("the action %q has no words", action)
			}
		}
		if text, err := strconv.Unquote(kind); err == nil && web.KindWords(text).Key == "%s" {
			t.Errorf("the kind %q has no words", text)
		}
	}
	if len(found) < 50 {
		t.Errorf("only %d actions were found: the test looks in the wrong place", len(found))
	}
	for _, action := range web.KnownActions() {
		if !found[action] {
			t.Errorf("nothing logs %q, which has words", action)
		}
	}
}

// logCalls gives the third and fourth argument of every call of Log(tx, by, action, kind, object).
func logCalls(t *testing.T) (calls [][2]string) {
	t.Helper()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 5 {
				return true
			}
			switch f := call.Fun.(type) {
			case *ast.Ident:
				ok = (f.Name == "Log" || f.Name == "Refused") && file.Name.Name == "access"
			case *ast.SelectorExpr:
				pkg, named := f.X.(*ast.Ident)
				ok = f.Sel.Name == "Log" && named && pkg.Name == "access"
			default:
				ok = false
			}
			if ok {
				calls = append(calls, [2]string{said(call.Args[2]), said(call.Args[3])})
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

// said writes an expression as it stands.
func said(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Value
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return said(e.X) + "." + e.Sel.Name
	case *ast.BinaryExpr:
		return said(e.X) + " " + e.Op.String() + " " + said(e.Y)
	case *ast.CallExpr:
		if len(e.Args) == 0 {
			return said(e.Fun) + "()"
		}
		return said(e.Fun) + "(" + said(e.Args[0]) + ")"
	}
	return "?"
}
