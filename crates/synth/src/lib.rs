//! Invented carriers, travellers, bookings and faults from a seed.
