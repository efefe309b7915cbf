//! The structures that `shim.c` has, too.

pub(crate) const MOST_COMPONENTS: usize = 4;

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Component {
    pub(crate) horizontal: i32,
    pub(crate) vertical: i32,
    pub(crate) blocks_across: u32,
    pub(crate) blocks_down: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) steps: [u16; 64],
}

#[repr(C)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) color_space: i32,
    pub(crate) components: i32,
    pub(crate) component: [Component; MOST_COMPONENTS],
}

impl Picture {
    pub(crate) const EMPTY: Self = Self {
        width: 0,
        height: 0,
        color_space: 0,
        components: 0,
        component: [Component {
            horizontal: 0,
            vertical: 0,
            blocks_across: 0,
            blocks_down: 0,
            width: 0,
            height: 0,
            steps: [0; 64],
        }; MOST_COMPONENTS],
    };

    pub(crate) fn components(&self) -> &[Component] {
        &self.component[..self.components as usize]
    }
}

impl Component {
    /// Coefficients of all blocks.
    pub(crate) fn coefficients(&self) -> usize {
        self.blocks_across as usize * self.blocks_down as usize * 64
    }
}

#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Scan {
    pub(crate) components: i32,
    pub(crate) component: [i32; MOST_COMPONENTS],
    pub(crate) first: i32,
    pub(crate) last: i32,
    pub(crate) high: i32,
    pub(crate) low: i32,
}
