//! The elements of one text in a flat list: compact, in document order, walked by the decoder.

use super::schema::SymbolId;

/// Where the text of an element stands.
#[derive(Clone, Copy)]
enum Place {
    /// Holds elements.
    Nowhere,
    /// In the input, as it is.
    Input,
    /// In [`Tree::owned`], because the input has references, sections or line ends in it.
    Owned,
}

struct Node {
    symbol: SymbolId,
    place: Place,
    start: u32,
    end: u32,
    /// The index of the first node that is not inside this one.
    after: u32,
}

/// All elements of one text. Has no `Debug`: it holds the values.
pub(super) struct Tree<'a> {
    input: &'a str,
    owned: String,
    nodes: Vec<Node>,
}

/// The index of a node in its tree.
pub(super) type NodeId = u32;

/// What an element takes in a usual bericht, roughly.
const BYTES_PER_ELEMENT: usize = 64;

impl<'a> Tree<'a> {
    /// Of a text shorter than 2 GiB (`prolog::open`), so that every offset and count fits.
    pub(super) fn new(input: &'a str) -> Self {
        Self { input, owned: String::new(), nodes: Vec::with_capacity(input.len() / BYTES_PER_ELEMENT) }
    }

    pub(super) fn open(&mut self, symbol: SymbolId) -> NodeId {
        let id = narrow(self.nodes.len());
        self.nodes.push(Node { symbol, place: Place::Nowhere, start: 0, end: 0, after: id + 1 });
        id
    }

    pub(super) fn close(&mut self, id: NodeId) {
        let after = narrow(self.nodes.len());
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.after = after;
        }
    }

    /// The text of this node stands in the input from `start` on.
    pub(super) fn borrow_text(&mut self, id: NodeId, start: usize, len: usize) {
        self.set(id, Place::Input, start, start + len);
    }

    /// The text of this node does not stand in the input as it is.
    pub(super) fn own_text(&mut self, id: NodeId, text: &str) {
        let start = self.owned.len();
        self.owned.push_str(text);
        self.set(id, Place::Owned, start, self.owned.len());
    }

    fn set(&mut self, id: NodeId, place: Place, start: usize, end: usize) {
        if let Some(node) = self.nodes.get_mut(id as usize) {
            node.place = place;
            node.start = narrow(start);
            node.end = narrow(end);
        }
    }

    pub(super) fn symbol(&self, id: NodeId) -> Option<SymbolId> {
        self.nodes.get(id as usize).map(|node| node.symbol)
    }

    /// The node after this one and all that is in it.
    pub(super) fn after(&self, id: NodeId) -> NodeId {
        self.nodes.get(id as usize).map_or(id, |node| node.after)
    }

    /// The text of an element; `None` when it holds elements.
    pub(super) fn text(&self, id: NodeId) -> Option<&str> {
        let node = self.nodes.get(id as usize)?;
        let range = node.start as usize..node.end as usize;
        match node.place {
            Place::Nowhere => None,
            Place::Input => self.input.get(range),
            Place::Owned => self.owned.get(range),
        }
    }
}

fn narrow(number: usize) -> u32 {
    u32::try_from(number).expect("a text is shorter than 2 GiB, and no element is shorter than a byte")
}
