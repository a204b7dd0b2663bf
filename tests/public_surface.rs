//! What a program can name, as the documentation shows it: all that is reachable from `src/lib.rs` and not hidden. It is kept in
//! `tests/public_surface.txt`, so that no change of it goes unseen; `REVGRAPH_BLESS=1 cargo test public_surface` writes it anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use quote::ToTokens;
use syn::{Attribute, Fields, ImplItem, Item, TraitItem, UseTree, Visibility};

use crate::layering::sources_with_comments;

/// The parts of a path, from the crate's root on.
type ModulePath = Vec<String>;

/// The sources, by module.
struct Crate(BTreeMap<ModulePath, syn::File>);

impl Crate {
    fn read() -> Self {
        let parsed = sources_with_comments().into_iter().map(|(name, text)| {
            let file = syn::parse_file(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
            (module_of(&name), file)
        });
        Self(parsed.collect())
    }

    fn items(&self, module: &[String]) -> &[Item] {
        self.0.get(module).map(|file| file.items.as_slice()).unwrap_or_default()
    }

    /// The item of a name in a module, through whatever hands it on, and where it is declared; none where it is another
    /// crate's.
    fn find(&self, module: &[String], name: &str) -> Option<(ModulePath, &Item)> {
        if let Some(item) = self.items(module).iter().find(|item| name_of(item).as_deref() == Some(name)) {
            return Some((module.to_owned(), item));
        }
        let uses = self.items(module).iter().filter_map(|item| match item {
            Item::Use(item) => Some(paths_of(&item.tree)),
            _ => None,
        });
        let (path, _) = uses.flatten().find(|(_, known_by)| known_by == name)?;
        self.at(module, &path)
    }

    /// The item of a path as it is written in a module.
    fn at(&self, module: &[String], path: &[String]) -> Option<(ModulePath, &Item)> {
        let (last, parents) = path.split_last()?;
        let mut place = module.to_owned();
        for part in parents {
            match part.as_str() {
                "crate" => place.clear(),
                "super" => drop(place.pop()),
                "self" => {}
                child => place.push(child.to_owned()),
            }
        }
        (place == module || self.0.contains_key(&place)).then(|| self.find(&place, last)).flatten()
    }

    /// The `impl` blocks of a type in the folder of the module that declares it.
    fn impls(&self, module: &[String], name: &str) -> impl Iterator<Item = &syn::ItemImpl> {
        let folder = module.first().cloned();
        let near = self.0.iter().filter(move |(place, _)| place.first() == folder.as_ref());
        let items = near.flat_map(|(_, file)| &file.items);
        items.filter_map(move |item| match item {
            Item::Impl(item) if !is_hidden(&item.attrs) && type_name(&item.self_ty) == name => Some(item),
            _ => None,
        })
    }
}

fn module_of(name: &str) -> ModulePath {
    let mut path: ModulePath = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    path.pop_if(|last| ["mod", "lib"].contains(&last.as_str()));
    path
}

fn name_of(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Mod(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The paths of a use tree, each with the name that it is known by.
fn paths_of(tree: &UseTree) -> Vec<(ModulePath, String)> {
    match tree {
        UseTree::Path(path) => {
            let mut found = paths_of(&path.tree);
            found.iter_mut().for_each(|(rest, _)| rest.insert(0, path.ident.to_string()));
            found
        }
        UseTree::Name(name) => vec![(vec![name.ident.to_string()], name.ident.to_string())],
        UseTree::Rename(rename) => vec![(vec![rename.ident.to_string()], rename.rename.to_string())],
        UseTree::Group(group) => group.items.iter().flat_map(paths_of).collect(),
        UseTree::Glob(_) => Vec::new(),
    }
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|one| one.path().is_ident("doc") && shown(&one.meta).contains("hidden"))
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

fn type_name(of: &syn::Type) -> String {
    match of {
        syn::Type::Path(path) => {
            path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default()
        }
        _ => String::new(),
    }
}

/// Tokens as people write them.
fn shown(tokens: &impl ToTokens) -> String {
    let mut text = tokens.to_token_stream().to_string();
    for (spaced, close) in [
        (" :: ", "::"),
        (":: ", "::"),
        (" ::", "::"),
        (" < ", "<"),
        ("< ", "<"),
        (" >", ">"),
        ("& ", "&"),
        (" (", "("),
        ("( ", "("),
        (" )", ")"),
        (" ,", ","),
        (" : ", ": "),
        ("[ ", "["),
        (" ]", "]"),
        (" ;", ";"),
    ] {
        text = text.replace(spaced, close);
    }
    text.replace("->", " -> ").replace("  ", " ").replace("+'", "+ '").replace(",)", ")")
}

/// What may grow says so.
fn openness(attributes: &[Attribute]) -> &'static str {
    if attributes.iter().any(|one| one.path().is_ident("non_exhaustive")) { " (may grow)" } else { "" }
}

fn derives(attributes: &[Attribute]) -> Vec<String> {
    let derive = attributes.iter().filter(|one| one.path().is_ident("derive"));
    let lists = derive.filter_map(|one| one.meta.require_list().ok());
    lists.flat_map(|list| shown(&list.tokens).split(", ").map(str::to_owned).collect::<Vec<_>>()).collect()
}

/// The fields that are seen, one a line.
fn fields(fields: &Fields, all_are_public: bool, indent: &str) -> String {
    let is_seen = |field: &&syn::Field| (all_are_public || is_public(&field.vis)) && !is_hidden(&field.attrs);
    let line = |field: &syn::Field| match &field.ident {
        Some(name) => format!("{indent}{name}: {}\n", shown(&field.ty)),
        None => format!("{indent}{}\n", shown(&field.ty)),
    };
    fields.iter().filter(is_seen).map(line).collect()
}

/// A type's methods and traits.
fn abilities(sources: &Crate, module: &[String], name: &str, attributes: &[Attribute]) -> String {
    let (mut methods, mut traits) = (BTreeSet::new(), BTreeSet::from_iter(derives(attributes)));
    for block in sources.impls(module, name) {
        if let Some((_, of, _)) = &block.trait_ {
            traits.insert(shown(of));
            continue;
        }
        methods.extend(block.items.iter().filter_map(|item| match item {
            ImplItem::Fn(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => Some(shown(&item.sig)),
            _ => None,
        }));
    }
    let methods: String = methods.iter().map(|method| format!("    {method}\n")).collect();
    let traits = Vec::from_iter(traits).join(", ");
    if traits.is_empty() { methods } else { format!("{methods}    is {traits}\n") }
}

/// An item and what of it is seen.
fn described(sources: &Crate, module: &[String], item: &Item) -> String {
    match item {
        Item::Struct(item) => {
            let name = item.ident.to_string();
            let head = format!("struct {name}{}{}\n", shown(&item.generics), openness(&item.attrs));
            head + &fields(&item.fields, false, "    ") + &abilities(sources, module, &name, &item.attrs)
        }
        Item::Enum(item) => {
            let name = item.ident.to_string();
            let variant =
                |one: &syn::Variant| format!("    {}\n{}", one.ident, fields(&one.fields, true, "        "));
            let variants: String =
                item.variants.iter().filter(|one| !is_hidden(&one.attrs)).map(variant).collect();
            let head = format!("enum {name}{}{}\n", shown(&item.generics), openness(&item.attrs));
            head + &variants + &abilities(sources, module, &name, &item.attrs)
        }
        Item::Trait(item) => {
            let methods = item.items.iter().filter_map(|one| match one {
                TraitItem::Fn(one) if !is_hidden(&one.attrs) => {
                    let given = if one.default.is_some() { " (given)" } else { "" };
                    Some(format!("    {}{given}\n", shown(&one.sig)))
                }
                _ => None,
            });
            format!("trait {}\n{}", item.ident, methods.collect::<String>())
        }
        Item::Fn(item) => format!("{}\n", shown(&item.sig)),
        Item::Mod(item) => {
            let place: ModulePath = module.iter().cloned().chain([item.ident.to_string()]).collect();
            let inner = match &item.content {
                Some((_, items)) => listed(sources, module, items),
                None => listed(sources, &place, sources.items(&place)),
            };
            let indented: String = inner.lines().map(|line| format!("    {line}\n")).collect();
            format!("mod {}\n{}", item.ident, indented.replace("    \n", "\n"))
        }
        other => format!("{}\n", name_of(other).unwrap_or_default()),
    }
}

/// What of the items of a module is seen, in the order of the names.
fn listed(sources: &Crate, module: &[String], items: &[Item]) -> String {
    let mut found: BTreeMap<String, String> = BTreeMap::new();
    for item in items {
        let (visibility, attributes) = match item {
            Item::Use(item) => {
                for (path, known_by) in paths_of(&item.tree).into_iter().filter(|_| is_public(&item.vis)) {
                    let said = match sources.at(module, &path) {
                        Some((place, item)) => described(sources, &place, item),
                        None => format!("{} (another crate's)\n", path.join("::")),
                    };
                    found.insert(known_by, said);
                }
                continue;
            }
            Item::Macro(item) if item.attrs.iter().any(|one| one.path().is_ident("macro_export")) => {
                let name = item.ident.as_ref().map(ToString::to_string).unwrap_or_default();
                found.insert(name.clone(), format!("macro {name}!\n"));
                continue;
            }
            Item::Const(item) => (&item.vis, &item.attrs),
            Item::Enum(item) => (&item.vis, &item.attrs),
            Item::Fn(item) => (&item.vis, &item.attrs),
            Item::Mod(item) => (&item.vis, &item.attrs),
            Item::Struct(item) => (&item.vis, &item.attrs),
            Item::Trait(item) => (&item.vis, &item.attrs),
            Item::Type(item) => (&item.vis, &item.attrs),
            _ => continue,
        };
        if is_public(visibility) && !is_hidden(attributes) {
            found.insert(name_of(item).unwrap_or_default(), described(sources, module, item));
        }
    }
    found.into_values().collect::<Vec<_>>().join("\n")
}

#[test]
fn the_public_surface_is_as_it_was() {
    let sources = Crate::read();
    let surface = listed(&sources, &[], sources.items(&[]));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/public_surface.txt");
    if std::env::var_os("REVGRAPH_BLESS").is_some() {
        fs::write(&path, &surface).expect("the list can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == surface,
        "the public surface has changed: REVGRAPH_BLESS=1 cargo test public_surface writes it; read the diff"
    );
}

/// The reader sees what it is to see, so that an empty list is no agreement.
#[test]
fn what_is_seen_is_told_from_what_is_hidden() {
    let lib =
        "pub use a::{B, f as g};\npub mod a;\n#[doc(hidden)]\npub mod hidden;\nmod private;\npub use c::C;\n";
    let a = "#[derive(Clone)]\n#[non_exhaustive]\npub struct B { pub seen: u8, unseen: u8, #[doc(hidden)] pub hidden: u8 }\n\
             impl B { pub fn of(&self) -> Option<&u8> { None } fn own() {} #[doc(hidden)] pub fn h() {} }\n\
             #[doc(hidden)] impl B { pub fn away() {} }\npub fn f(x: &[u8]) {}\npub enum E { One(u8), Two { x: u8 } }\n";
    let of = |name: &str, text: &str| {
        (module_of(name), syn::parse_file(text).unwrap_or_else(|error| panic!("{name}: {error}")))
    };
    let sources = Crate(BTreeMap::from([of("lib.rs", lib), of("a.rs", a)]));
    let told = listed(&sources, &[], sources.items(&[]));
    let of_b = "struct B (may grow)\n    seen: u8\n    fn of(&self) -> Option<&u8>\n    is Clone\n";
    assert!(told.starts_with(of_b), "{told}");
    assert!(told.contains("\nc::C (another crate's)\n") && told.contains("\nfn f(x: &[u8])\n"), "{told}");
    assert!(
        told.contains("    enum E\n        One\n            u8\n        Two\n            x: u8\n"),
        "{told}"
    );
    assert!(!told.contains("hidden") && !told.contains("away") && !told.contains("private"), "{told}");
}
