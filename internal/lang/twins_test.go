package lang_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/template/parse"
	"unicode"

	"samverkan/internal/almanac"
	"samverkan/internal/lang"
)

// sentences finds, in a source tree, every Swedish sentence that somebody may read, and where it
// stands first. A sentence is a key when it stands
//
//   - in Go, as a string given to one of calls, or to something called title;
//   - in Go, anywhere in a function, variable or constant whose comment says "keys of package lang",
//     or that declared names;
//   - in a template, as a string given to t or tn.
type sentences map[string]string

// calls are functions that take keys: from which argument on, and how many of them.
var calls = map[string][2]int{
	"New": {1, 1}, "On": {1, 1}, // of package fault
	"Say": {0, 1}, "Text": {0, 1}, "Count": {1, 2}, // of package lang and Language
	"naming":  {0, 1},                      // of secretariat's tasks
	"say":     {3, 1},                      // of secretariat's import
	"frameOf": {2, 1}, "showSheet": {1, 1}, // of the pages: title
	"Notify": {1, 1}, "simple": {1, 1}, "done": {1, 1}, "onAccount": {1, 1}, "onInvitation": {1, 1}, "endOne": {1, 1}, // and what was done
	"onPoll": {1, 1}, "onMeeting": {1, 1}, "settleDates": {1, 1}, "guest": {1, 1}, "settleProposal": {2, 1}, "onAction": {2, 1}, "onSubmitted": {2, 1},
	"exists": {4, 1}, "allExist": {4, 1}, "known": {1, 1}, // what is said when an id is nobody's
}

// declared are declarations that hold keys, besides those that say so.
var declared = map[string]bool{"api.titles": true, "api.details": true, "api.sentences": true, "api.unreadable": true}

// foreign are strings in declared that are not ours.
var foreign = []string{"unknown query parameter", "required %s parameter is missing", "invalid integer"}

// The root of the repository, seen from this package.
const root = "../.."

func TestEverySentenceHasItsTwin(t *testing.T) {
	used := sentences{}
	used.readGo(t, filepath.Join(root, "internal"), filepath.Join(root, "cmd"))
	used.readTemplates(t, filepath.Join(root, "templates"))
	used.readAlmanac()
	twins := lang.Twins()
	for key, place := range used {
		if twins[key] == "" {
			t.Errorf("en.json has no twin for %q (%s)", key, place)
		}
	}
	for key := range twins {
		if used[key] == "" {
			t.Errorf("en.json has %q, which nobody says", key)
		}
	}
	if len(used) < 200 {
		t.Errorf("only %d sentences were found: the test looks in the wrong place", len(used))
	}
}

var verb = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*[\d.]*[a-zA-Z%]`)

func TestTwinsSayTheSame(t *testing.T) {
	for key, twin := range lang.Twins() {
		swedish, english := verb.FindAllString(key, -1), verb.FindAllString(twin, -1)
		if !slices.ContainsFunc(english, func(v string) bool { return strings.HasPrefix(v, "%[") }) && !slices.Equal(swedish, english) {
			t.Errorf("%q holds %v and %q %v", key, swedish, twin, english)
		}
		if strings.HasSuffix(key, ".") != strings.HasSuffix(twin, ".") || strings.HasSuffix(key, "?") != strings.HasSuffix(twin, "?") || strings.HasSuffix(key, " ") != strings.HasSuffix(twin, " ") {
			t.Errorf("%q and %q do not end alike", key, twin)
		}
	}
}

func TestFileIsInOrder(t *testing.T) {
	text, err := os.ReadFile("en.json")
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for line := range strings.Lines(string(text)) {
		if key, _, found := strings.Cut(strings.TrimSpace(line), `": "`); found {
			keys = append(keys, key)
		}
	}
	if len(keys) != len(lang.Twins()) {
		t.Errorf("%d lines for %d twins: one to a line, each once", len(keys), len(lang.Twins()))
	}
	if !slices.IsSorted(keys) {
		t.Error("the lines are not sorted, so that two people's changes would collide")
	}
}

func (s sentences) add(place, key string) {
	said := verb.ReplaceAllString(key, "")
	if _, known := s[key]; known || slices.Contains(foreign, key) || !strings.ContainsFunc(said, unicode.IsLetter) {
		return // "%s: %s" is the same in every language
	}
	s[key] = place
}

func (s sentences) readGo(t *testing.T, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			s.readFile(files, file)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func (s sentences) readFile(files *token.FileSet, file *ast.File) {
	place := func(n ast.Node) string {
		p := files.Position(n.Pos())
		return fmt.Sprintf("%s:%d", strings.TrimPrefix(p.Filename, root+"/"), p.Line)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s.readCall(place(n), n)
		case *ast.FuncDecl:
			if n.Body != nil && holdsKeys(n.Doc) {
				s.readAll(place, n.Body)
			}
		case *ast.GenDecl:
			if holdsKeys(n.Doc) || declares(file.Name.Name, n) {
				s.readAll(place, n)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if len(n.Rhs) == len(n.Lhs) && called(left, "title") {
					if key, literal := text(n.Rhs[i]); literal {
						s.add(place(n), key)
					}
				}
			}
		}
		return true
	})
}

// called tells whether something is called name, in whatever it stands.
func called(e ast.Expr, name string) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return strings.EqualFold(e.Name, name)
	case *ast.SelectorExpr:
		return strings.EqualFold(e.Sel.Name, name)
	}
	return false
}

func declares(pkg string, d *ast.GenDecl) bool {
	return slices.ContainsFunc(d.Specs, func(spec ast.Spec) bool {
		v, is := spec.(*ast.ValueSpec)
		return is && declared[pkg+"."+v.Names[0].Name]
	})
}

func holdsKeys(doc *ast.CommentGroup) bool {
	return doc != nil && strings.Contains(strings.Join(strings.Fields(doc.Text()), " "), "keys of package lang")
}

// readAll takes every string in a declaration.
func (s sentences) readAll(place func(ast.Node) string, within ast.Node) {
	ast.Inspect(within, func(n ast.Node) bool {
		if e, is := n.(ast.Expr); is {
			if key, literal := text(e); literal {
				s.add(place(n), key)
				return false
			}
		}
		return true
	})
}

func (s sentences) readCall(place string, call *ast.CallExpr) {
	name := ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		pkg, is := f.X.(*ast.Ident)
		if (name == "New" || name == "On") != (is && pkg.Name == "fault") || is && (pkg.Name == "strings" || pkg.Name == "bytes") {
			return
		}
	case *ast.Ident: // inside the package itself
		name = f.Name
	}
	at, takes := calls[name]
	if !takes {
		return
	}
	for n := at[0]; n < min(at[0]+at[1], len(call.Args)); n++ {
		if choice, is := call.Args[n].(*ast.IndexExpr); is { // one of a list that is written on the spot
			s.readAll(func(ast.Node) string { return place }, choice.X)
		} else if key, literal := text(call.Args[n]); literal {
			s.add(place, key)
		}
	}
}

// text gives a string literal, or several added up.
func text(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return "", false
		}
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.ParenExpr:
		return text(e.X)
	case *ast.BinaryExpr:
		left, one := text(e.X)
		right, two := text(e.Y)
		return left + right, one && two
	}
	return "", false
}

func (s sentences) readTemplates(t *testing.T, folder string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".go") {
			return err
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		tree := parse.New(path)
		tree.Mode = parse.SkipFuncCheck
		trees := map[string]*parse.Tree{}
		if _, err := tree.Parse(string(source), "", "", trees); err != nil {
			return err
		}
		for _, one := range trees {
			if one.Root != nil {
				s.readNode(strings.TrimPrefix(path, root+"/"), one.Root)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (s sentences) readNode(path string, n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, inner := range n.Nodes {
			s.readNode(path, inner)
		}
	case *parse.ActionNode:
		s.readNode(path, n.Pipe)
	case *parse.IfNode:
		s.readBranch(path, &n.BranchNode)
	case *parse.RangeNode:
		s.readBranch(path, &n.BranchNode)
	case *parse.WithNode:
		s.readBranch(path, &n.BranchNode)
	case *parse.TemplateNode:
		s.readNode(path, n.Pipe)
	case *parse.PipeNode:
		if n == nil {
			return
		}
		for _, command := range n.Cmds {
			s.readNode(path, command)
		}
	case *parse.CommandNode:
		s.readCommand(path, n)
	case *parse.ChainNode:
		s.readNode(path, n.Node)
	}
}

func (s sentences) readBranch(path string, n *parse.BranchNode) {
	s.readNode(path, n.Pipe)
	s.readNode(path, n.List)
	s.readNode(path, n.ElseList)
}

func (s sentences) readCommand(path string, n *parse.CommandNode) {
	keys := 0
	if f, is := n.Args[0].(*parse.IdentifierNode); is {
		switch f.Ident {
		case "t":
			keys = 1
		case "tn":
			keys = 3 // the number is no string
		}
	}
	for i, arg := range n.Args {
		if word, is := arg.(*parse.StringNode); is && i > 0 && i <= keys {
			s.add(path, word.Text)
		}
		s.readNode(path, arg)
	}
}

// readAlmanac takes the names of days and the reasons why none is proposed, which come out of
// calculations.
func (s sentences) readAlmanac() {
	first := almanac.Date{Year: 2020, Month: 1, Day: 1}
	for _, b := range almanac.SchoolBreaks(2027) {
		s.add("internal/almanac/days.go", b.Name)
	}
	for d := first; d.Year < 2032; d = d.AddDays(1) {
		if day := almanac.Of(d); day.Kind != almanac.Weekend {
			s.add("internal/almanac/days.go", day.Name)
		}
		if reason, blocked := almanac.Blocked(d); blocked {
			s.add("internal/almanac/days.go", reason)
		}
	}
}
