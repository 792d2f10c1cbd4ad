/* SPDX-License-Identifier: Apache-2.0 */
/* Well-known services: databases, remote control, and what else hurts when strangers reach it. */
#include "services.h"

#include "twoway/space.h"

static const struct tw_known_service services[] = {
	{TW_PROTOCOL_TCP, 22, "ssh", "SSH", "remote shell", true},
	{TW_PROTOCOL_TCP, 23, "telnet", "Telnet", "remote shell in plain text", false},
	{TW_PROTOCOL_TCP, 135, "msrpc", "Microsoft RPC", "Windows remote procedure calls", false},
	{TW_PROTOCOL_TCP, 389, "ldap", "LDAP", "directory", false},
	{TW_PROTOCOL_TCP, 445, "smb", "SMB", "Windows file shares", false},
	{TW_PROTOCOL_TCP, 1433, "mssql", "SQL Server", "database", true},
	{TW_PROTOCOL_TCP, 1521, "oracle", "Oracle", "database", false},
	{TW_PROTOCOL_TCP, 2049, "nfs", "NFS", "file shares", false},
	{TW_PROTOCOL_TCP, 2375, "docker", "Docker", "control of containers, no password", true},
	{TW_PROTOCOL_TCP, 2379, "etcd", "etcd", "state of a cluster", false},
	{TW_PROTOCOL_TCP, 3306, "mysql", "MySQL", "database", true},
	{TW_PROTOCOL_TCP, 3389, "rdp", "RDP", "remote desktop of Windows", true},
	{TW_PROTOCOL_TCP, 5432, "postgresql", "PostgreSQL", "database", true},
	{TW_PROTOCOL_TCP, 5900, "vnc", "VNC", "remote desktop", false},
	{TW_PROTOCOL_TCP, 5985, "winrm", "WinRM", "remote control of Windows", false},
	{TW_PROTOCOL_TCP, 6379, "redis", "Redis", "database, often without a password", true},
	{TW_PROTOCOL_TCP, 6443, "kubernetes", "Kubernetes API", "control of a cluster", false},
	{TW_PROTOCOL_TCP, 8080, "http-alt", "HTTP 8080", "web applications", false},
	{TW_PROTOCOL_TCP, 9092, "kafka", "Kafka", "message queue", false},
	{TW_PROTOCOL_TCP, 9200, "elasticsearch", "Elasticsearch", "database", true},
	{TW_PROTOCOL_TCP, 10250, "kubelet", "kubelet", "control of a cluster's node", false},
	{TW_PROTOCOL_TCP, 11211, "memcached", "Memcached", "cache without a password", false},
	{TW_PROTOCOL_TCP, 27017, "mongodb", "MongoDB", "database", true},
	{TW_PROTOCOL_UDP, 53, "dns", "DNS", "name service", false},
	{TW_PROTOCOL_UDP, 123, "ntp", "NTP", "time service", false},
	{TW_PROTOCOL_UDP, 161, "snmp", "SNMP", "state of devices", false},
	{TW_PROTOCOL_UDP, 389, "cldap", "LDAP", "directory, amplifies attacks", false},
	{TW_PROTOCOL_UDP, 1900, "ssdp", "SSDP", "discovery, amplifies attacks", false},
	{TW_PROTOCOL_UDP, 3389, "rdp", "RDP", "remote desktop of Windows", true},
	{TW_PROTOCOL_UDP, 11211, "memcached", "Memcached", "cache, amplifies attacks", false},
};

const struct tw_known_service *tw_known_services(size_t *ret_count)
{
	*ret_count = sizeof(services) / sizeof(services[0]);
	return services;
}
