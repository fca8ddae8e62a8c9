"""`waybill reconcile`: compares the books, plans repairs, makes them."""
