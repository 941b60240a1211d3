//! How a berichtklasse names its elements: once, in the order of the XSD.
//!
//! Reading and writing, XML and JSON, and the placing of retourcodes all follow the one list that
//! `klasse!` takes, so a name or an order cannot differ between them. A [`Source`] hands out
//! elements, a [`Target`] takes them; `xml` and `json` implement both.

use std::fmt;
use std::str::FromStr;

use super::waarde::{RetourCode, Value};

/// Where elements come from: a cursor that stands before the next element.
pub trait Source {
    /// What this source says of input that does not fit.
    type Error;

    /// Whether the next element has this name.
    fn has(&mut self, name: &'static str) -> bool;

    /// Takes the next element, which holds text, and gives the text.
    ///
    /// # Errors
    /// When the next element has another name or is not a text.
    fn text(&mut self, name: &'static str) -> Result<&str, Self::Error>;

    /// Takes the next element, which holds an integer, and gives its text.
    ///
    /// # Errors
    /// As [`Source::text`]; also for a text that is no integer, where the source tells them apart.
    fn number(&mut self, name: &'static str) -> Result<&str, Self::Error> {
        self.text(name)
    }

    /// Steps into the next element.
    ///
    /// # Errors
    /// When the next element has another name.
    fn enter(&mut self, name: &'static str) -> Result<(), Self::Error>;

    /// Steps out of the element entered last.
    ///
    /// # Errors
    /// When something in it was not taken.
    fn leave(&mut self) -> Result<(), Self::Error>;

    /// The error for a text that is not a value of the expected type, which is this, in Dutch.
    fn unfit(&self, name: &'static str, expected: &'static str) -> Self::Error;
}

/// What an opened element is, for targets that write kinds differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The elements inside belong to the basisschema (`CDT_…`), not to the schema of the bericht.
    pub basis: bool,
    /// The element may occur more than once under its parent.
    pub repeats: bool,
}

/// Where elements go.
pub trait Target {
    /// Opens an element; what follows is inside it, until [`Target::close`].
    fn open(&mut self, name: &'static str, kind: Kind);
    /// Writes an element that holds only text.
    fn text(&mut self, name: &'static str, value: &str, repeats: bool);
    /// Writes an element that holds an integer, which stands in `value` in its canonical form.
    fn number(&mut self, name: &'static str, value: &str, repeats: bool) {
        self.text(name, value, repeats);
    }
    /// Closes the element opened last.
    fn close(&mut self, name: &'static str);
}

/// Something that stands in a bericht under a name: a value, a berichtklasse, or one of them that may be absent.
pub trait Element: Sized {
    /// Takes this element from the source.
    ///
    /// # Errors
    /// As the source reports them; what was taken before is lost.
    fn read<S: Source>(name: &'static str, source: &mut S) -> Result<Self, S::Error>;

    /// Hands this element to the target; an absent one hands over nothing.
    fn write<T: Target>(&self, name: &'static str, repeats: bool, target: &mut T);

    /// Calls `visit` for every berichtklasse at or below this element that can carry retourcodes.
    fn each_retour_codes(&mut self, path: &ElementPath, visit: &mut dyn FnMut(&ElementPath, &mut RetourCodes));
}

impl<V: Value> Element for V {
    fn read<S: Source>(name: &'static str, source: &mut S) -> Result<Self, S::Error> {
        let text = if V::IS_NUMBER { source.number(name)? } else { source.text(name)? };
        let value = V::from_text(text);
        value.ok_or_else(|| source.unfit(name, V::EXPECTED))
    }

    fn write<T: Target>(&self, name: &'static str, repeats: bool, target: &mut T) {
        let text = self.to_text();
        if V::IS_NUMBER { target.number(name, &text, repeats) } else { target.text(name, &text, repeats) }
    }

    fn each_retour_codes(&mut self, _: &ElementPath, _: &mut dyn FnMut(&ElementPath, &mut RetourCodes)) {}
}

impl<E: Element> Element for Option<E> {
    fn read<S: Source>(name: &'static str, source: &mut S) -> Result<Self, S::Error> {
        if source.has(name) { E::read(name, source).map(Some) } else { Ok(None) }
    }

    fn write<T: Target>(&self, name: &'static str, repeats: bool, target: &mut T) {
        if let Some(element) = self {
            element.write(name, repeats, target);
        }
    }

    fn each_retour_codes(&mut self, path: &ElementPath, visit: &mut dyn FnMut(&ElementPath, &mut RetourCodes)) {
        if let Some(element) = self {
            element.each_retour_codes(path, visit);
        }
    }
}

/// Elements that repeat inside a wrapper, as in `Relaties/Relatie`; an empty list has no wrapper.
pub(crate) fn read_list<E: Element, S: Source>(
    wrapper: &'static str,
    name: &'static str,
    source: &mut S,
) -> Result<Vec<E>, S::Error> {
    let mut list = Vec::new();
    if source.has(wrapper) {
        source.enter(wrapper)?;
        while source.has(name) {
            list.push(E::read(name, source)?);
        }
        source.leave()?;
        // It will not grow any more, and a declaratie has many.
        list.shrink_to_fit();
    }
    Ok(list)
}

pub(crate) fn write_list<E: Element, T: Target>(
    list: &[E],
    wrapper: &'static str,
    name: &'static str,
    basis: bool,
    target: &mut T,
) {
    if list.is_empty() {
        return;
    }
    target.open(wrapper, Kind { basis, repeats: false });
    for element in list {
        element.write(name, true, target);
    }
    target.close(wrapper);
}

/// The retourcodes of one berichtklasse; none in a heenbericht.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RetourCodes(pub Box<[RetourCode]>);

impl Element for RetourCodes {
    fn read<S: Source>(name: &'static str, source: &mut S) -> Result<Self, S::Error> {
        read_list(name, "RetourCode", source).map(|codes| Self(codes.into()))
    }

    fn write<T: Target>(&self, name: &'static str, _: bool, target: &mut T) {
        write_list(&self.0, name, "RetourCode", false, target);
    }

    fn each_retour_codes(&mut self, path: &ElementPath, visit: &mut dyn FnMut(&ElementPath, &mut RetourCodes)) {
        let klasse = path.parent();
        visit(&klasse, self);
    }
}

/// The way to an element: local names, with a position where the standard lets the element repeat. Kept as it is written.
///
/// ```
/// use iwmo_gateway::domain::berichten::klasse::ElementPath;
/// let path = ElementPath::root().child("Client").child("StartProducten").nth("StartProduct", 1);
/// assert_eq!(path.to_string(), "/Bericht/Client/StartProducten/StartProduct[2]");
/// assert_eq!(path.to_string().parse(), Ok(path));
/// assert!("Bericht//Client".parse::<ElementPath>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ElementPath(String);

/// A text that is no [`ElementPath`]: it does not begin with a slash, or a step has no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the path of an element")]
pub struct NoPath;

impl ElementPath {
    /// The root element, `Bericht`.
    #[must_use]
    pub fn root() -> Self {
        Self("/Bericht".to_owned())
    }

    /// What holds the root element, and is told of when there is none.
    #[must_use]
    pub fn document() -> Self {
        Self("/".to_owned())
    }

    /// An element that occurs at most once below this one.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self([self.0.trim_end_matches('/'), "/", name].concat())
    }

    /// The element at `index`, counted from 0, among its namesakes.
    #[must_use]
    pub fn nth(&self, name: &str, index: usize) -> Self {
        Self(format!("{}/{name}[{}]", self.0, index + 1))
    }

    /// The element that holds this one; of the root, the root.
    #[must_use]
    pub fn parent(&self) -> Self {
        match self.0.rfind('/') {
            None | Some(0) => self.clone(),
            Some(at) => Self(self.0.get(..at).unwrap_or_default().to_owned()),
        }
    }

    /// Name and position (from 0) of each step, from the root.
    pub fn steps(&self) -> impl Iterator<Item = (&str, Option<usize>)> {
        self.0.split('/').filter(|step| !step.is_empty()).map(|step| {
            let numbered = step.strip_suffix(']').and_then(|step| step.split_once('['));
            let numbered = numbered.and_then(|(name, nr)| Some((name, nr.parse::<usize>().ok()?.checked_sub(1)?)));
            numbered.map_or((step, None), |(name, index)| (name, Some(index)))
        })
    }

    /// Whether `other` is this element or stands inside it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ElementPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ElementPath {
    type Err = NoPath;

    fn from_str(text: &str) -> Result<Self, NoPath> {
        let steps = text.strip_prefix('/').ok_or(NoPath)?;
        let is_path = steps.is_empty() || steps.split('/').all(|step| !step.is_empty() && !step.starts_with('['));
        if is_path { Ok(Self(text.to_owned())) } else { Err(NoPath) }
    }
}

/// Declares a berichtklasse: a struct, and the XSD name of each field in the order of the XSD.
///
/// `field: Type = "Name"` is an element, `field: Vec<Type> = "Wrapper" / "Name"` a list in its
/// wrapper. `basis` in front marks a `CDT_…` of the basisschema. `Debug` names the type and nothing
/// in it: most of what a bericht holds is about a person.
macro_rules! klasse {
    (@read $source:ident, $name:literal) => { $crate::domain::berichten::klasse::Element::read($name, $source)? };
    (@read $source:ident, $name:literal, $item:literal) => {
        $crate::domain::berichten::klasse::read_list($name, $item, $source)?
    };
    (@write $field:expr, $target:ident, $basis:expr, $name:literal) => {
        $crate::domain::berichten::klasse::Element::write($field, $name, false, $target)
    };
    (@write $field:expr, $target:ident, $basis:expr, $name:literal, $item:literal) => {
        $crate::domain::berichten::klasse::write_list($field, $name, $item, $basis, $target)
    };
    (@codes $field:expr, $path:ident, $visit:ident, $name:literal) => {
        $crate::domain::berichten::klasse::Element::each_retour_codes($field, &$path.child($name), $visit)
    };
    (@codes $field:expr, $path:ident, $visit:ident, $name:literal, $item:literal) => {
        for (index, element) in $field.iter_mut().enumerate() {
            let path = $path.child($name).nth($item, index);
            $crate::domain::berichten::klasse::Element::each_retour_codes(element, &path, $visit);
        }
    };
    ($(#[$doc:meta])* struct $($rest:tt)*) => {
        klasse!(@define false, $(#[$doc])* struct $($rest)*);
    };
    ($(#[$doc:meta])* basis struct $($rest:tt)*) => {
        klasse!(@define true, $(#[$doc])* struct $($rest)*);
    };
    (
        @define $basis:literal, $(#[$doc:meta])*
        struct $klasse:ident {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = $name:literal $(/ $item:literal)?,)*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $klasse {
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl $klasse {
            /// Takes what is in this klasse from a source that stands before the first element of it.
            pub(crate) fn read_elements<S: $crate::domain::berichten::klasse::Source>(source: &mut S) -> Result<Self, S::Error> {
                Ok(Self { $($field: klasse!(@read source, $name $(, $item)?),)* })
            }

            /// Hands over what is in this klasse, without the element around it.
            pub(crate) fn write_elements<T: $crate::domain::berichten::klasse::Target>(&self, target: &mut T) {
                $(klasse!(@write &self.$field, target, $basis, $name $(, $item)?);)*
            }
        }

        impl std::fmt::Debug for $klasse {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($klasse)).finish_non_exhaustive()
            }
        }

        impl $crate::domain::berichten::klasse::Element for $klasse {
            fn read<S: $crate::domain::berichten::klasse::Source>(name: &'static str, source: &mut S) -> Result<Self, S::Error> {
                source.enter(name)?;
                let read = Self::read_elements(source)?;
                source.leave()?;
                Ok(read)
            }

            fn write<T: $crate::domain::berichten::klasse::Target>(&self, name: &'static str, repeats: bool, target: &mut T) {
                target.open(name, $crate::domain::berichten::klasse::Kind { basis: $basis, repeats });
                self.write_elements(target);
                target.close(name);
            }

            fn each_retour_codes(
                &mut self,
                path: &$crate::domain::berichten::klasse::ElementPath,
                visit: &mut dyn FnMut(&$crate::domain::berichten::klasse::ElementPath, &mut $crate::domain::berichten::klasse::RetourCodes),
            ) {
                $(klasse!(@codes &mut self.$field, path, visit, $name $(, $item)?);)*
            }
        }
    };
}
pub(crate) use klasse;
