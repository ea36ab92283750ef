-- The exporter's own store is a database beside Torghut's.
CREATE DATABASE quant;
