package document

import (
	"bytes"
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
)

func init() { api.DisableConfigDir() } // a library's settings are no files of ours

// element is a node of the structure tree (ISO 32000-1 §14.7.2).
type element struct {
	tag   string // a standard structure type, §14.8.4
	kids  []*element
	marks []mark
}

// mark is a marked-content sequence: which page it is on, and its number there (§14.7.4).
type mark struct{ page, id int }

func (e *element) add(tag string) *element {
	kid := &element{tag: tag}
	e.kids = append(e.kids, kid)
	return kid
}

// tag adds the structure tree to a PDF whose content is marked.
func tag(pdf []byte, root *element, language string) ([]byte, error) {
	settings := model.NewDefaultConfiguration()
	settings.WriteObjectStream, settings.WriteXRefStream = false, false // old readers, and archives, like it plain
	ctx, err := api.ReadContext(bytes.NewReader(pdf), settings)
	if err != nil {
		return nil, fmt.Errorf("tag a PDF: %w", err)
	}
	if err := ctx.EnsurePageCount(); err != nil {
		return nil, fmt.Errorf("tag a PDF: %w", err)
	}
	t := tree{table: ctx.XRefTable, marks: map[int][]types.Object{}}
	if err := t.grow(root, language); err != nil {
		return nil, fmt.Errorf("tag a PDF: %w", err)
	}
	var out bytes.Buffer
	if err := api.WriteContext(ctx, &out); err != nil {
		return nil, fmt.Errorf("tag a PDF: %w", err)
	}
	return out.Bytes(), nil
}

type tree struct {
	table *model.XRefTable
	pages []types.IndirectRef
	marks map[int][]types.Object // per page, the element of each marked sequence
}

// grow hangs the tree on the catalogue (§7.7.2), and each page on the tree.
func (t *tree) grow(root *element, language string) error {
	for page := 1; page <= t.table.PageCount; page++ {
		d, ref, _, err := t.table.PageDict(page, false)
		if err != nil {
			return err
		}
		t.pages = append(t.pages, *ref)
		d["StructParents"], d["Tabs"] = types.Integer(page-1), types.Name("S")
	}
	top := types.Dict{"Type": types.Name("StructTreeRoot")}
	ref, err := t.table.IndRefForNewObject(top)
	if err != nil {
		return err
	}
	kid, err := t.element(root, *ref)
	if err != nil {
		return err
	}
	numbers := types.Array{}
	for page := range t.pages {
		numbers = append(numbers, types.Integer(page), types.Array(t.marks[page+1]))
	}
	top["K"] = types.Array{*kid}
	top["ParentTree"] = types.Dict{"Nums": numbers}
	top["ParentTreeNextKey"] = types.Integer(len(t.pages))
	catalog, err := t.table.Catalog()
	if err != nil {
		return err
	}
	catalog["StructTreeRoot"] = *ref
	catalog["MarkInfo"] = types.Dict{"Marked": types.Boolean(true)}
	catalog["Lang"] = types.StringLiteral(language)
	catalog["ViewerPreferences"] = types.Dict{"DisplayDocTitle": types.Boolean(true)}
	return nil
}

func (t *tree) element(e *element, parent types.IndirectRef) (*types.IndirectRef, error) {
	d := types.Dict{"Type": types.Name("StructElem"), "S": types.Name(e.tag), "P": parent}
	if e.tag == "TH" { // §14.8.5.7: the cells below it are its own
		d["A"] = types.Dict{"O": types.Name("Table"), "Scope": types.Name("Column")}
	}
	ref, err := t.table.IndRefForNewObject(d)
	if err != nil {
		return nil, err
	}
	kids := types.Array{}
	for _, m := range e.marks {
		kids = append(kids, types.Dict{"Type": types.Name("MCR"), "Pg": t.pages[m.page-1], "MCID": types.Integer(m.id)})
		page := t.marks[m.page]
		for len(page) <= m.id {
			page = append(page, nil)
		}
		page[m.id] = *ref
		t.marks[m.page] = page
	}
	for _, kid := range e.kids {
		k, err := t.element(kid, *ref)
		if err != nil {
			return nil, err
		}
		kids = append(kids, *k)
	}
	d["K"] = kids
	return ref, nil
}
